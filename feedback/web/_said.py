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
    "late": "It was too late to stop this: it is finished, or being saved. A session that came in can be withdrawn on its page.",
    "nothing": "Nothing was chosen, so nothing was changed.",
    "used": "That step cannot be taken back any more: people have coded with the new code, or the codebook was changed.",
    "gone": "That is no longer there.",
}

# Which field a refusal is about, so that the message leads there and the field points back.
FIELDS = {
    "Write the month as year and month, like 2026-03.": "month",
    "Choose who took part.": "audience",
    "Write how many people took part, as a number.": "participants",
    "The password is too short: use at least 12 characters. A few words in a row are fine.": "password",
    "That password is too easy to guess. A few words in a row are fine.": "password",
    "The two passwords are not the same.": "again",
    "That is not the code in the terminal. Look at the window in which the app was started.": "code",
    "Give your name, and a name for signing in made of letters, digits, dots or dashes.": "login",
    "that name for signing in is taken; choose another": "login",
    "The name or the password is not right.": "login",
    "That code is not right, or it was used already. Wait for the next one.": "code",
    "Choose a file first.": "files",
    "The note seems to name somebody, or to tell of harm. Write it without that; it was not kept.": "memo",
}

# What a job does, step by step; tagging counts sessions instead.
STAGES = {
    "read": (
        "Opening the files.", "Reading what stands in them.", "Looking for names and other words that point to somebody.",
        "Putting everything in its place.", "Done.",
    ),
    "learn": ("Learning from what people coded.", "Laying what was learned on everything.", "Done."),
    "discover": ("Gathering what no code covers.", "Putting it together by likeness.", "Keeping the proposals."),
    "follow": ("Placing what came in since in the topics as they stand.", "Keeping the topics."),
    "brief": ("Counting sessions.", "Writing the document.", "Done."),
    "certify": ("Planting the test, and holding every session against the gate again.", "Done."),
}  # fmt: skip
