"""Transcripts in plain lines, in every dialect: Teams, Meet, Zoom, Otter, Rev, Whisper, a person's own typing."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from feedback.errors import Problem, ReadError
from feedback.ingest._captions import Cue, has_cues, join_cues, read_captions
from feedback.ingest._fields import recorded_of
from feedback.ingest._guard import decode
from feedback.ingest._header import is_header_line
from feedback.ingest._labels import clean_label, is_code_label, is_name, speakers_among, split_label
from feedback.ingest._roles import role_of_label
from feedback.ingest._stamps import BARE_TIME, TIME_FIRST, Start, clock, nameish, stamp_of, start_of
from feedback.ingest._units import Document, Draft
from feedback.ingest._words import fold, is_aside

__all__ = ["looks_like_transcript", "read_document", "read_transcript_lines", "transcript_drafts"]

_SYSTEM = re.compile(
    r"^\W*(?:.{2,60} (?:started|stopped) (?:the )?(?:transcription|recording)|transcription (?:started|ended)\b.*"
    r"|recording (?:started|stopped)\b.*"
    r"|this editable transcript was computer generated.*|meeting ended after.*|transcribed by https?://otter\.ai.*"
    r"|transcribed (?:by|with) (?:otter|rev|descript|trint|sonix|zoom|whisper|temi|happy scribe).*"
    r"|\[?end of (?:transcript|recording|transcription)\]?|fin de la (?:transcripci[oó]n|grabaci[oó]n)"
    r"|.{2,60} (?:inici[oó]|detuvo) la transcripci[oó]n|unverified transcript.*"
    r"|esta transcripci[oó]n (?:editable )?se ha generado.*"
    r"|kind: captions|(?:.{1,60} )?(?:read\.ai|otter\.ai|fireflies(?:\.ai)?|fathom) (?:meeting notes|notetaker"
    r"|note ?taker)\W*|transcript\W*|transcripci[oó]n\W*|📖\s*transcript.*)$",
    re.I,
)
_ATTENDEES = re.compile(r"^\W*(?:attendees|invited|asistentes a la reuni[oó]n|invitados)\b\W*", re.I)
_DEBRIEF = re.compile(
    (
        r"^\W{0,4}(?:facilitator |note-?taker |team |staff )?(?:debrief|reflections?|after the session|cierre del equipo"
        r"|notas del equipo)\b\W*"
    ),
    re.I,
)
_PARKING = re.compile(r"^\W{0,4}(?:parking lot|bike rack|estacionamiento|aparcadero|off[- ]topic)\b", re.I)
_RULE = re.compile(r"^[-=_*~·—–\s]{3,}$")
_NOTE_LINE = re.compile(
    r"^\W{0,3}(?P<tag>note ?-?taker(?:'?s? (?:note|comment))?|notes?|nt|nota|apuntes|observer)\s*[:\-–]\s*(?P<rest>.*)$",
    re.I,
)


def looks_like_transcript(lines: Sequence[str]) -> bool:
    """Say whether the lines are a transcript (cues, time stamps or labels that come again) rather than notes."""
    kept = [x.strip() for x in lines if x.strip()]
    if not kept:
        return False
    if has_cues("\n".join(kept)):
        return True
    if any(_SYSTEM.match(x) for x in kept if len(x) > 14 and not x.lower().startswith("transcript")):
        return True
    timed = sum(bool(start_of(x) or BARE_TIME.match(x)) for x in kept)
    if (timed >= 3 and timed >= 0.15 * len(kept)) or (timed == 2 and len(kept) <= 6):
        return True
    if sum(bool(TIME_FIRST.match(x)) for x in kept) >= max(3, 0.6 * len(kept)):
        return True
    found = [s[0] for x in kept if not re.match(r"\s*[-•*·]\s", x) and not is_header_line(x) and (s := split_label(x))]
    speakers = speakers_among(found, lines=len(kept))
    spoken = [x for x in found if x in speakers and role_of_label(x) != "notetaker"]
    facilitated = any(role_of_label(x) == "facilitator" for x in spoken)
    return (
        len(spoken) >= 3
        and len(spoken) >= (0.3 if facilitated else 0.45) * len(kept)
        and len(set(spoken)) >= 2
        and (facilitated or not (_tagged_notes(kept) or _taken_down(kept)))
    )


def _tagged_notes(lines: Sequence[str]) -> bool:
    """Say whether labels look like respondent tags in notes: numbered questions stand between them."""
    return sum(bool(re.match(r"(?:Q\s*)?\d{1,2}[.)]\s.*\?$|#{1,4}\s", x)) for x in lines) >= 2


def _taken_down(lines: Sequence[str]) -> bool:
    """Say whether labelled lines were noted by hand: the header says that nothing was recorded, and nobody's label asks."""
    return recorded_of("\n".join(lines[:8])) is False and any(x.endswith("?") and not split_label(x) for x in lines)


def transcript_drafts(lines: Sequence[str]) -> list[Draft]:
    """Read lines of a transcript into drafts; the header lines before the first turn become heading/process drafts."""
    return read_transcript_lines(lines, format="txt").drafts


def read_document(path: Path, raw: bytes) -> Document:
    """Read a .txt or .md transcript."""
    text = decode(raw, file=path.name)
    return read_transcript_lines(text.split("\n"), format=path.suffix.lower().lstrip(".") or "txt", file=path.name)


def read_transcript_lines(lines: Sequence[str], *, format: str = "txt", file: str = "") -> Document:
    """Read a whole transcript given as lines (from .txt, or from paragraphs of .docx, .odt, .rtf, .pdf)."""
    text = "\n".join(lines)
    if has_cues(text):
        return read_captions(text, file=file)
    reader = _Reader(lines, file=file)
    reader.read()
    if not any(d.role is None for d in reader.drafts):
        raise ReadError(
            "no turn in it could be read.",
            file=file,
            remedy="Put each speaker's words on a line of their own: `Speaker 1: ...`.",
        )
    return Document(
        reader.finished(), header_lines=reader.header, format=format, transcript=True, problems=reader.problems()
    )


class _Reader:
    """Goes through the lines once, keeping the turn that is open."""

    def __init__(self, lines: Sequence[str], *, file: str) -> None:
        self.lines = [
            re.sub(r"^\s*#{1,6}\s+", "", x).replace("\ufeff", "").strip() for part in lines for x in part.split("\n")
        ]
        self.file = file
        self.drafts: list[Draft] = []
        self.header: list[str] = []
        self._private = self._attendees = 0
        self._open: Draft | None = None
        self._time: float | None = None
        self._section = ""
        self._single = self._one_line_turns()
        self._floor = next((i for i, x in enumerate(self.lines) if re.match(r"\W*📖\W*Transcri", x)), 0)
        self._timed = sum(bool(TIME_FIRST.match(x)) for x in self.lines) >= max(
            3, 0.5 * sum(bool(x) for x in self.lines)
        )
        self._speakers = self._find_speakers()

    def _find_speakers(self) -> set[str]:
        floor = next((i for i, x in enumerate(self.lines) if re.match(r"\W*📖\W*Transcri", x)), 0)
        kept = [x for x in self.lines[floor:] if x and not _SYSTEM.match(x) and not BARE_TIME.match(x)]
        labels = []
        lead = True
        listed = self._listed()
        for line in kept:
            found = split_label(line)
            if found and not (lead and is_header_line(line) and not is_code_label(found[0])):
                labels.append(found[0])
                lead = lead and not is_code_label(found[0])
                if line.startswith("**") and is_name(found[0]):
                    listed.add(found[0])
        found_all = speakers_among(labels, lines=len(kept)) | {x for x in labels if x in listed}
        sure = next(
            (i for i, x in enumerate(labels) if x in found_all and (is_code_label(x) or labels.count(x) > 1)), 0
        )
        return {x for x in found_all if x in labels[sure:] or x in listed}

    def _listed(self) -> set[str]:
        """Return the names of an attendee list; they are used to know labels, and are not kept."""
        for i, line in enumerate(self.lines[:40]):
            if _ATTENDEES.match(line):
                names = _ATTENDEES.sub("", line) or next((x for x in self.lines[i + 1 :] if x), "")
                return {n.strip() for n in re.split(r"[,;]", names) if n.strip()}
        return set()

    def read(self) -> None:
        """Read every line."""
        i = 0
        while i < len(self.lines):
            i += self._line(i)

    def _line(self, i: int) -> int:
        line = self.lines[i]
        if not line or _RULE.match(line):
            return 1
        bare = re.sub(r"^[-•*·]\s+", "", line)
        if i < self._floor and _ATTENDEES.match(line):
            return self._skip_attendees(i)
        if i < self._floor:
            self.header.append(line)
            self._put(Draft(line, role="heading", kind="process"))
            return 1
        started = self._open is not None or bool(self.drafts and self.drafts[-1].role is None)
        if _SYSTEM.match(line):
            self._put(Draft(line, role="heading", kind="process"))
            return 1
        if not started and _ATTENDEES.match(line):
            return self._skip_attendees(i)
        if (_DEBRIEF.match(line) and len(line) < 200 and not split_label(line)) or (
            _DEBRIEF.match(line) and len(line.split()) <= 4
        ):
            self._section = "debrief"
            self._put(Draft(line, role="heading", kind="process"))
            return 1
        if started and _PARKING.match(line) and len(line.split()) <= 6:
            self._section = "parking"
            self._put(Draft(line, role="heading", kind="process"))
            return 1
        if self._section == "debrief":
            self._put(Draft(bare, role="notetaker", kind="debrief"))
            return 1
        if self._section == "parking" and not start_of(line) and (bare != line or not split_label(line)):
            self._put(Draft(bare, kind="note", verbatim=False, parking_lot=True, role="participant"))
            return 1
        if start := start_of(line):
            return self._turn(start)
        return self._unstamped(i, line, started=started)

    def _unstamped(self, i: int, line: str, *, started: bool) -> int:
        if m := BARE_TIME.match(line):
            self._time = clock(m["t"])
            if self._timed_alone():
                self._open = None
            return 1
        if width := self._name_above_time(i):
            self._turn(Start("name", clean_label(line), clock(stamp_of(self.lines[i + 1])), ""))
            return width
        if (note := _NOTE_LINE.match(line)) and (started or self._speakers):
            self._put(Draft(note["rest"] or line, speaker=note["tag"], role="notetaker"))
            return 1
        found = split_label(line)
        if (
            found
            and found[0] in self._speakers
            and (i >= self._first if self._first else started or not is_header_line(line))
        ):
            return self._turn(Start("label", found[0], self._time, found[1]))
        if (m := TIME_FIRST.match(line)) and self._timed:
            return self._turn(Start("time", None, clock(m["t"]), m["rest"]))
        if is_aside(line) and started:
            self._aside(line)
        elif self._single and started and (not self.lines[i - 1] or (i > self._last and line[:1].isupper())):
            self._put(Draft(line, role="notetaker"))
        elif self._open is not None:
            self._open.text = f"{self._open.text} {line}"
        elif started and self.drafts[-1].role is None:
            self._put(Draft(line, start=self._time))
        elif self._time is not None and self._timed_alone():
            self._turn(Start("time", None, self._time, line))
        else:
            bare = re.sub(r"^[-•*·]\s+", "", line).replace("**", "")
            self.header.append(bare)
            self._put(Draft(bare, role="heading", kind="process"))
        return 1

    def _one_line_turns(self) -> bool:
        """Say whether every turn is one line under the other, so that a lone paragraph is nobody's turn."""
        timed = [i for i, x in enumerate(self.lines) if (s := start_of(x)) and s.form != "chat"]
        self._first = timed[0] if len(timed) >= 3 else 0
        heads = [i for i in timed if (s := start_of(self.lines[i])) and s.rest]
        self._last = heads[-1] if heads else 0
        close = sum(b - a == 1 for a, b in itertools.pairwise(heads))
        return len(heads) >= 5 and close >= 0.9 * (len(heads) - 1)

    def _timed_alone(self) -> bool:
        """Say whether the file has times but no speakers at all."""
        return not self._speakers and not any(start_of(x) for x in self.lines[:200])

    def _name_above_time(self, i: int) -> int:
        """Return 2 where a name stands alone above a time alone (older Teams, Zoom's panel)."""
        after = self.lines[i + 1] if i + 1 < len(self.lines) else ""
        line = self.lines[i]
        return 2 if after and BARE_TIME.match(after) and nameish(line) and not self._timed_alone_name(line) else 0

    def _timed_alone_name(self, line: str) -> bool:
        return len(line.split()) > 4 and not is_code_label(line)

    def _aside(self, line: str) -> None:
        if (
            self._open is not None
            and len(line.split()) <= 2
            and re.match(r"[\[(](?:laugh|risas?|r[ií]e|inaudible|pause|pausa|crosstalk|crying|llora|sigh)", line, re.I)
        ):
            self._open.text = f"{self._open.text} {line}".strip()
            return
        keep = self._open
        self._put(Draft(line, role="notetaker"))
        self._open = None if keep is None else keep
        if keep is not None and re.search(r"[.?!…]$", keep.text):
            self._open = None

    def _turn(self, start: Start) -> int:
        if start.private:
            self._private += 1
            self._open = Draft("", speaker=start.who)
            return 1
        role = role_of_label(start.who)
        self._open = Draft(
            start.rest, speaker=start.who, start=start.time, role="notetaker" if role == "notetaker" else None
        )
        self.drafts.append(self._open)
        self._time = None if start.form != "label" else self._time
        return 1

    def _put(self, draft: Draft) -> None:
        self._open = None
        self.drafts.append(draft)

    def _skip_attendees(self, i: int) -> int:
        """Leave out a list of names; count it."""
        width = 1
        rest = _ATTENDEES.sub("", self.lines[i])
        if not rest and i + 1 < len(self.lines):
            while i + width < len(self.lines) and not self.lines[i + width]:
                width += 1
            width += 1
        self._attendees += 1
        return width

    def problems(self) -> list[Problem]:
        """Say what was left out on purpose."""
        found = []
        if self._private:
            found.append(
                Problem(
                    self.file,
                    "",
                    f"{self._private} private chat message{' was' if self._private == 1 else 's were'} left out.",
                    blocking=False,
                )
            )
        if self._attendees:
            found.append(Problem(self.file, "", "a list of attendees' names was left out.", blocking=False))
        return found

    def finished(self) -> list[Draft]:
        """Return the drafts; lines without any speaker are joined to paragraphs by their pauses."""
        spoken = [d for d in self.drafts if d.role is None]
        for d, after in itertools.pairwise(spoken):
            if d.end is None and after.start is not None and d.start is not None and after.start >= d.start:
                d.end = after.start
        if spoken and not any(d.speaker for d in spoken):
            first = next(i for i, d in enumerate(self.drafts) if d.role is None)
            cues = [
                Cue(fold(d.text), start=d.start, end=d.end, speaker="\0note" if d.role == "notetaker" else None)
                for d in self.drafts[first:]
                if d.role in (None, "notetaker")
            ]
            tail = [d for d in self.drafts[first:] if d.role == "heading"]
            return self.drafts[:first] + join_cues(cues) + tail
        for d in spoken:
            d.end = None if d.end is None else d.end
        return _rejoined(self.drafts)


def _rejoined(drafts: list[Draft]) -> list[Draft]:
    """Join neighbours of one speaker that were cut in mid-sentence (Meet cuts one sentence over lines)."""
    joined: list[Draft] = []
    for d in drafts:
        last = joined[-1] if joined else None
        if (
            last
            and d.role is None
            and last.role is None
            and d.speaker
            and d.speaker == last.speaker
            and last.text
            and not re.search(r"[.?!…\"”)\]]$", last.text.rstrip())
        ):
            last.text, last.end = f"{last.text} {d.text}", d.end
        else:
            joined.append(d)
    return joined
