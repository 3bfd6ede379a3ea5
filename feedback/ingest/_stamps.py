"""Lines that begin a turn with a time: every program writes the speaker and the time in its own way."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feedback.ingest._captions import seconds
from feedback.ingest._labels import clean_label, is_code_label, is_name

__all__ = ["BARE_TIME", "TIME_FIRST", "Start", "clock", "nameish", "stamp_of", "start_of"]

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_DASH = r"\s*[-–—|>]*\s*"
_WHO = r"(?P<who>(?:\+?\d[\d*() -]{6,}|[^\W_\[(][^\n:\[\]<>]{0,62}?))"
_STARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("chat", re.compile(r"^(?P<t>\d{2}:\d{2}:\d{2})\t(?P<who>[^\t]+?):\t(?P<rest>.*)$")),
    ("chat", re.compile(
        r"^(?:\d{4}-\d{2}-\d{2}\s+)?(?:(?P<t>\d{1,2}:\d{2}(?::\d{2})?)\s+)?From\s+(?P<who>.+?)\s+to\s+(?P<to>.+?)"
        r"(?P<private>\s*\((?:Privately|Direct Message|Privado)\))?:\s*(?:\d{1,2}:\d{2} [AP]M)?\s*(?P<rest>.*)$", re.I)),
    ("timed", re.compile(rf"^[\[(]?(?P<t>{_TIME})[\])]?{_DASH}\[?{_WHO}\]?\s*:(?:\s+(?P<rest>.*)|$)")),
    ("timed", re.compile(rf"^\**\[?{_WHO}\]?\**\s*:?\s*[\[(](?P<t>{_TIME})[\])]\s*:?(?:\s+(?P<rest>.*)|$)")),
    ("timed", re.compile(rf"^\[(?P<who>[^\[\]\n:]{{1,60}})\]\s+(?P<t>{_TIME})\s*:?(?:\s+(?P<rest>.*)|$)")),
    ("name", re.compile(rf"^\**{_WHO}\**(?:\s{{2,}}|\t|\s+[-–—|·•,]\s+|\s)(?P<t>{_TIME})\s*$")),
    ("name", re.compile(rf"^[\[(]?(?P<t>{_TIME})[\])]?(?:\s+[-–—|·•]\s+|\s{{2,}}|\t)\**{_WHO}\**$")),
    ("strict", re.compile(rf"^[\[(](?P<t>{_TIME})[\])]\s+\**{_WHO}\**$")),
    ("timed", re.compile(r"^\[(?P<who>SPEAKER[_ ]\d+|[A-Z][\w ]{0,30}\d)\]\s*:?(?:\s+(?P<rest>.*)|$)")),
)  # fmt: skip
BARE_TIME = re.compile(rf"^[\[(]?(?P<t>{_TIME})[\])]?(?:\s*-{{1,2}}>?\s*{_TIME})?$")
TIME_FIRST = re.compile(rf"^[\[(]?(?P<t>{_TIME})[\])]?\s*[-–—|]?\s+(?P<rest>\S.*)$")


@dataclass
class Start:
    """The beginning of a turn: how it is written, who, when, the words after it; `private` for a private message."""

    form: str
    who: str | None
    time: float | None
    rest: str
    private: bool = False


def clock(stamp: str | None) -> float | None:
    """Return a time of day or of the recording in seconds, or None."""
    return seconds(re.sub(r"\s?[AaPp]\.?[Mm]\.?$", "", stamp)) if stamp else None


def start_of(line: str) -> Start | None:
    """Read the beginning of a turn that carries a time (or is bracketed), or None."""
    for form, pattern in _STARTS:
        m = pattern.match(line)
        if not m:
            continue
        parts = m.groupdict()
        who = clean_label(parts["who"])
        if form != "chat" and (
            len(who.split()) > 7
            or not who
            or (form == "name" and not nameish(who))
            or (form == "strict" and not is_name(who))
        ):
            continue
        to = parts.get("to") or "everyone"
        private = bool(parts.get("private")) or not re.match(
            r"(?:everyone|todos|all|panelists|hosts)", to.strip(), re.I
        )
        return Start(form, who, clock(parts.get("t")), (parts.get("rest") or "").strip(), private and form == "chat")
    return None


def nameish(who: str) -> bool:
    """Say whether words that stand beside a time can be a speaker's."""
    return (
        bool(re.fullmatch(r"\+?\d[\d*() -]{6,20}", who))
        or is_code_label(who)
        or (
            who[:1].isupper()
            and not re.search(r"[.!?;,]$|\b(?:at|until|from|to|by|page|about|before|after|a las)$", who)
            and len(who.split()) <= 6
        )
    )


def stamp_of(line: str) -> str | None:
    """Return the time of a line that holds nothing else, or None."""
    m = BARE_TIME.match(line)
    return m["t"] if m else None
