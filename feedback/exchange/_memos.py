"""What hangs on a coding besides its code, as a memo people can read; and the gate that memos pass."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from feedback.codebook import Coding
from feedback.corpus import Corpus, Session, Speaker, Turn

_KEY = re.compile(r"^(category|polarity|about|score|evidence): (.*)$")
NAMELESS = "memo"  # what a note without a name is called in other programs' files
_DEFAULT = {"category": "other", "polarity": "none", "about": "none", "score": "1.0"}


@dataclass(frozen=True, slots=True)
class Memo:
    """A note that a person wrote: on a unit or span (`ref`), or on the project as a whole."""

    text: str
    ref: str | None = None
    name: str = ""


def memo_of(coding: Coding, evidence: Sequence[tuple[int, int]] = ()) -> str:
    """Category, polarity, about and score where they say something, then the trace; empty where there is nothing to say.

    `evidence` is named where the coding lies on the whole unit all the same.
    """
    said = {
        "category": coding.category,
        "polarity": coding.polarity,
        "about": coding.about,
        "score": repr(coding.score),
    }
    head = [f"{k}: {v}" for k, v in said.items() if v != _DEFAULT[k]]
    head += ["evidence: " + ", ".join(f"{s}-{e}" for s, e in evidence)] if evidence else []
    if coding.why and not head and (_KEY.match(coding.why.split("\n")[0])):
        head = ["category: " + coding.category]
    return "\n".join(head) + ("\n\n" if head and coding.why else "") + coding.why


def read_memo(text: str) -> dict[str, str]:
    """Take a coding's memo apart; what another program wrote is all `why`."""
    head, _, why = text.partition("\n\n")
    found = [_KEY.match(line) for line in head.split("\n")]
    if text and all(found):
        return {m[1]: m[2] for m in found if m} | {"why": why}
    return {"why": text}


def passed(texts: Sequence[str]) -> tuple[str | None, ...]:
    """Send free text through the privacy gate: each text as it passed, or None where it is held."""
    from feedback.privacy import screen_typed

    if not any(t.strip() for t in texts):
        return tuple(texts)
    turns = tuple(Turn(i, " ".join(t.split()), Speaker(role="notetaker"), kind="debrief") for i, t in enumerate(texts))
    cleared = screen_typed(Corpus((Session("memos", turns),))).apply().values[0].turns
    return tuple(
        None if t.withheld else (old if t.text == before.text else t.text)
        for old, before, t in zip(texts, turns, cleared, strict=True)
    )
