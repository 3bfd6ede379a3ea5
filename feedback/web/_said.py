"""What a page says after a change, by key: the address carries the key, never the words."""

SAID = {
    "saved": "Saved.",
    "welcome": "Welcome. You are signed in.",
    "bye": "You are signed out.",
    "decided": "Decided. Your name and reason are in the log.",
    "coded": "Coded.",
    "settled": "Settled. From now on this is what counts for the unit.",
    "reopened": "Open again: what each of the two coded counts.",
    "undone": "The last step was taken back.",
    "confirmed": "Thank you. The session is confirmed.",
    "queued": "Started. It goes on in the background; you can leave this page.",
    "cancelled": "Stopped.",
    "nothing": "Nothing was chosen, so nothing was changed.",
    "gone": "That is no longer there.",
}
