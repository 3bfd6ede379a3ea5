"""A session as one plain text: where each unit stands in it, and which units a span of it touches."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from feedback.corpus import Session, Turn

Span = tuple[int, int]
_NAMES = {"facilitator": "Facilitator", "interpreter": "Interpreter", "notetaker": "Note-taker"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The text of one session, and the span of each unit in it, by index (code points, end exclusive)."""

    text: str
    spans: dict[int, Span]
    changed: int = 0  # units with characters that a text file cannot hold as they are


def lay_out(session: Session) -> Layout:
    """Write the units that passed the gate one under the other, `Label: words`; withheld units leave nothing behind."""
    parts: list[str] = []
    spans: dict[int, Span] = {}
    at = changed = 0
    for turn in session.turns:
        if turn.withheld is not None:
            continue
        words, label = plain(turn.text), _label(turn)
        changed += words != turn.text
        spans[turn.index] = (at + len(label), at + len(label) + len(words))
        parts.append(f"{label}{words}\n")
        at += len(parts[-1])
    return Layout("".join(parts), spans, changed)


def _label(turn: Turn) -> str:
    name = " ".join(plain(turn.speaker.label or _NAMES.get(turn.role, "")).split()).replace(":", "")
    return f"{name}: " if name else ""


def plain(text: str) -> str:
    """The text with line feeds only and nothing that UTF-8 cannot hold; every character keeps its place."""
    text = text.replace("\r\n", " \n").replace("\r", "\n").replace("\0", "\ufffd")
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text) if not text.isascii() else text


def align(text: str, session: Session) -> dict[int, Span]:
    """Find a session's units in a text that another program may have reshaped; units that are not there are left out."""
    own = lay_out(session)
    if own.text == text or own.text.rstrip("\n") == text.rstrip("\n"):
        return own.spans
    folded, places = fold(text)
    spans: dict[int, Span] = {}
    cursor = 0
    for turn in session.turns:
        wanted = fold(plain(turn.text))[0].strip()
        if turn.withheld is not None or not wanted:
            continue
        found = folded.find(wanted, cursor)
        if found < 0:
            continue
        cursor = found + len(wanted)
        spans[turn.index] = (places[found], places[cursor])
    return spans


def fold(text: str) -> tuple[str, list[int]]:
    """Fold white space to one space and accents to NFC; returns the text and, for each character, where it stood."""
    out: list[str] = []
    places: list[int] = []
    i = 0
    while i < len(text):
        j = i + 1
        while j < len(text) and unicodedata.combining(text[j]):
            j += 1
        cluster = text[i:j] if text[i:j].isascii() else unicodedata.normalize("NFC", text[i:j])
        if cluster.isspace():
            cluster = "" if out and out[-1] == " " else " "
        for c in cluster:
            out.append(c)
            places.append(i)
        i = j
    places.append(len(text))
    return "".join(out), places


def touched(span: Span, spans: dict[int, Span], session: Session) -> list[tuple[int, Span]]:
    """The units that a span touches, with the part of each; the facilitator's only where no participant's is touched."""
    start, end = span
    found = []
    for index, (s, e) in spans.items():
        a, b = max(s, start), min(e, end)
        if a < b and fold_strip(session.turns[index].text, a - s, b - s):
            found.append((index, (a - s, b - s)))
    voiced = [f for f in found if session.turns[f[0]].role in ("participant", "interpreter")]
    return voiced or found


def fold_strip(text: str, start: int, end: int) -> bool:
    """Say whether a part of a unit holds more than white space."""
    return bool(text[start:end].strip())


class Positions:
    """How a program counted places in a source: the hypotheses, and which of them its own quotations speak for.

    ATLAS.ti counts CR LF as one character; some programs count UTF-16 units, in which an emoji is two.
    """

    def __init__(self, raw: str) -> None:
        self.text = raw.replace("\r\n", "\n").replace("\r", "\n")
        self.maps: list[tuple[str, list[int] | None]] = [("", None)]
        crlf, wide = "\r\n" in raw, any(c > "\uffff" for c in raw)
        if crlf:
            self.maps.append(("CR LF counted as two", _map(raw, crlf=2, wide=1)))
        if wide:
            self.maps.append(("emoji counted as two", _map(raw, crlf=1, wide=2)))
        if crlf and wide:
            self.maps.append(("CR LF and emoji counted as two", _map(raw, crlf=2, wide=2)))
        self.chosen = self.maps[0]

    def choose(self, quoted: Sequence[tuple[int, int, str]]) -> str:
        """Pick the counting under which most quotations read as their names say; returns it in words, empty if plain."""

        def score(way: tuple[str, list[int] | None]) -> int:
            return sum(_reads(self.text, self._at(s, way[1]), self._at(e, way[1]), name) for s, e, name in quoted)

        self.chosen = max(self.maps, key=score)  # the first of equals: code points, CR LF as one
        return self.chosen[0]

    def span(self, start: int, end: int) -> Span | None:
        """The span in `text`, or None where it lies outside."""
        s, e = self._at(start, self.chosen[1]), self._at(end, self.chosen[1])
        return (s, e) if s is not None and e is not None and s <= e else None

    def _at(self, position: int, places: list[int] | None) -> int | None:
        last = len(self.text) if places is None else len(places) - 1
        if not 0 <= position <= last:
            return None
        return position if places is None else places[position]


def _map(raw: str, *, crlf: int, wide: int) -> list[int]:
    places, at, i = [0], 0, 0
    while i < len(raw):
        pair = raw[i : i + 2] == "\r\n"
        width = crlf if pair else (wide if raw[i] > "\uffff" else 1)
        at += 1
        places += [at - 1] * (width - 1) + [at]
        i += 2 if pair else 1
    return places


def _reads(text: str, start: int | None, end: int | None, name: str) -> bool:
    said = " ".join(name.rstrip("…. ").split())[:40]
    if start is None or end is None or len(said) < 2:
        return False
    return " ".join(text[start:end].split()).startswith(said)
