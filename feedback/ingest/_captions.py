"""Caption files: WebVTT (Zoom, Teams, YouTube), SubRip, SBV, YouTube's timedtext; cues become turns."""

from __future__ import annotations

import html
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from feedback.errors import Problem, ReadError
from feedback.ingest._guard import decode
from feedback.ingest._labels import clean_label, speakers_among, split_label
from feedback.ingest._units import Document, Draft
from feedback.ingest._words import fold, is_aside

__all__ = ["Cue", "has_cues", "join_cues", "read_captions", "read_document", "seconds"]

_T = r"[\d:.,\w]{3,20}"
_ARROW = re.compile(rf"^\W{{0,2}}(?P<a>\d{_T})\s*-{{1,2}}>\s*(?P<b>\d{_T})(?P<rest>(?:\s.*)?)$")
_COMMA = re.compile(r"^(?P<a>\d{1,2}:\d{2}:\d{2}\.\w{1,4}),(?P<b>\d{1,2}:\d{2}:\d{2}\.\w{1,4})\s*$")
_CLOCK = re.compile(r"^(?:(?P<h>\d+):)?(?P<m>\d{1,3}):(?P<s>\d{1,2}(?:[.,]\d{1,6})?)$")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?(?:\s+(?P<name>[^>]*))?>")
_TAG = re.compile(r"</?(?:v|c|b|i|u|ruby|rt|lang|font|span|br)(?:[.\s][^>]*)?/?>|<\d[\d:.]*>", re.I)
_CONSOLE = re.compile(rf"^\[(?P<a>\d{_T}) -->\s*(?P<b>\d{_T})\][ \t]*(?P<rest>.*)$", re.M)
_SKIP = re.compile(r"^(?:STYLE|REGION)\b")
_PAUSE = 2.0


@dataclass
class Cue:
    """One cue, or one speaker's part of it."""

    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None
    known: bool = False


def seconds(stamp: str) -> float | None:
    """Return a time stamp in seconds, or None where it is none.

    >>> seconds("00:01:02.500"), seconds("0:05"), seconds("00:00:1d.890")
    (62.5, 5.0, None)
    """
    m = _CLOCK.match(stamp.strip(" []()"))
    if not m or float(m["s"].replace(",", ".")) >= 60:
        return None
    return int(m["h"] or 0) * 3600 + int(m["m"]) * 60 + float(m["s"].replace(",", "."))


def has_cues(text: str) -> bool:
    """Say whether a text holds caption cues (`00:00:01.000 --> 00:00:02.000`), whatever stands above them."""
    lines = text.split("\n")[:4000]
    return sum(bool(_ARROW.match(x) or _CONSOLE.match(x)) for x in lines) >= 2 or (
        text.lstrip("\ufeff \n").startswith("WEBVTT") and "-->" in text
    )


def read_document(path: Path, raw: bytes) -> Document:
    """Read a .vtt, .srt, .sbv or timedtext file; raises ReadError where there is no usable cue."""
    text = decode(raw, file=path.name)
    if re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:transcript|timedtext)\b", text):
        return _timedtext(text, file=path.name)
    return read_captions(text, file=path.name, suffix=path.suffix.lower().lstrip("."))


def read_captions(text: str, *, file: str, suffix: str = "vtt") -> Document:
    """Read captions out of a text that may have a preamble and notes between the cues."""
    problems: list[Problem] = []
    header: list[Draft] = []
    cues: list[Cue] = []
    number = 0
    text = _CONSOLE.sub(r"\n\g<a> --> \g<b>\n\g<rest>\n", text)
    for block in _blocks(text):
        number += any(_timing(line) for line in block)
        _read_block(block, number, header=header, cues=cues, problems=problems, file=file)
    if not any(c.text.strip() for c in cues):
        what = (
            "no caption in it could be read" if "-->" in text or _COMMA.search(text) else "there are no captions in it"
        )
        raise ReadError(
            f"{what}.",
            file=file,
            place=problems[0].place if problems else "",
            remedy="Export the transcript again as .vtt or .txt.",
        )
    voiced = any("<v" in c.text and _VOICE.search(c.text) for c in cues)
    drafts = header + join_cues(_voices(cues) if voiced else _labelled(cues))
    kind = (
        "vtt"
        if text.lstrip("\ufeff \n").startswith("WEBVTT") or suffix == "vtt" or suffix not in ("srt", "sbv")
        else suffix
    )
    if kind == "vtt":
        kind = "teams_vtt" if voiced else "zoom_vtt" if any(d.speaker for d in drafts) else "vtt"
    lines = [line for d in header if d.role == "heading" for line in d.text.split("\n")]
    if language := re.search(r"^Language:\s*(\w+)", text[:500], re.M):
        lines.append(f"caption track {language[1]}")
    for d in header:
        d.text = d.text.replace("\n", " ")
    return Document(drafts, header_lines=lines, format=kind, transcript=True, problems=problems)


def _timing(line: str) -> re.Match[str] | None:
    return _ARROW.match(line.strip()) or _COMMA.match(line.strip())


def _blocks(text: str) -> list[list[str]]:
    """Cut at blank lines, and again where a cue follows another without one."""
    blocks: list[list[str]] = []
    for chunk in re.split(r"\n[ \t]*\n", text.replace("\ufeff", "")):
        lines = [line for line in chunk.split("\n") if line.strip()]
        times = [i for i, line in enumerate(lines) if _timing(line)]
        cuts = []
        for i in times[1:]:
            if i - 1 in times:
                continue
            cuts.append(i - 1 if re.fullmatch(r"\s*(?:\d{1,6}|[0-9a-f-]{8,}[\w/-]*)\s*", lines[i - 1]) else i)
        for a, b in zip([0, *cuts], [*cuts, len(lines)], strict=True):
            if lines[a:b]:
                blocks.append(lines[a:b])
    return blocks


def _read_block(
    block: list[str], number: int, *, header: list[Draft], cues: list[Cue], problems: list[Problem], file: str
) -> None:
    if block[0].lstrip().startswith("WEBVTT"):
        title = block[0].strip()[6:].strip(" -–\t")
        rest = [
            x
            for x in block[1:]
            if not re.match(r"\s*(?:Kind|Language|Style|X-TIMESTAMP\S*)\s*[:=]|::cue|##|\s*[}{]", x)
        ]
        at = next((i for i, x in enumerate(rest) if _timing(x)), None)
        if title:
            header.append(Draft(title, role="heading", kind="process"))
        if at is not None:
            _read_block(rest[max(0, at - 1) :], number, header=header, cues=cues, problems=problems, file=file)
        return
    first = block[0].strip()
    if first == "NOTE" or first.startswith(("NOTE ", "NOTE\t")):
        _note([first[4:].strip(), *block[1:]], header=header, cues=cues)
        return
    if _SKIP.match(first):
        return
    at = next((i for i, line in enumerate(block) if _timing(line)), None)
    if at is None:
        _stray(block, number, header=header, cues=cues, problems=problems, file=file)
        return
    m = _timing(block[at])
    assert m is not None
    if at > 0 and not cues and len(block[:at]) > 1:
        header.extend(Draft(x.strip(), role="heading", kind="process") for x in block[: at - 1])
    start, end = seconds(m["a"]), seconds(m["b"])
    if start is None or end is None or end < start:
        problems.append(
            Problem(
                file,
                f"cue {number}",
                "its times cannot be read; its words were kept.",
                "Check the times in the file.",
                blocking=False,
            )
        )
        end = end if end is not None and start is not None and end >= start else None
    payload = [x for x in block[at + 1 :] if not _timing(x)]
    if not payload:
        problems.append(Problem(file, f"cue {number}", "it has no words.", blocking=False))
    cues.append(Cue("\n".join(payload), start=start, end=end))


def _note(lines: list[str], *, header: list[Draft], cues: list[Cue]) -> None:
    lines = [x.strip() for x in lines if x.strip()]
    if not lines:
        return
    if cues:
        cues.append(Cue(" ".join(lines), speaker="\0note", known=True))
    elif len(lines) > 1 and all(re.match(r"[^:]{2,34}[:=]", x) for x in lines):
        header.extend(Draft(x, role="heading", kind="process") for x in lines)
    else:
        header.append(Draft("\n".join(lines), role="heading", kind="process"))


def _stray(
    block: list[str], number: int, *, header: list[Draft], cues: list[Cue], problems: list[Problem], file: str
) -> None:
    """Take a block without a time: the preamble, or words whose time was lost, or a note-taker's line between cues."""
    if not cues:
        header.extend(Draft(x.strip(), role="heading", kind="process") for x in block)
        return
    lines = block[1:] if len(block) > 1 and re.fullmatch(r"\s*\d{1,6}\s*", block[0]) else block
    if all(re.fullmatch(r"\s*\d{1,6}\s*", x) for x in lines):
        return
    problems.append(Problem(file, f"after cue {number}", "words without a time; they were kept.", blocking=False))
    cues.append(Cue("\n".join(lines)))


def _clean(text: str) -> str:
    return fold(html.unescape(_TAG.sub("", text)))


def _voices(cues: Sequence[Cue]) -> list[Cue]:
    """Split cues at `<v Name>`; a cue may hold several voices, or go on with the last one."""
    parts: list[Cue] = []
    open_voice: str | None = None
    for cue in cues:
        if cue.known:
            parts.append(cue)
            continue
        pieces = _VOICE.split(cue.text)
        if lead := _clean(pieces[0]):
            parts.append(Cue(lead, speaker=open_voice, start=cue.start, end=cue.end, known=open_voice is not None))
        for name, words in zip(pieces[1::2], pieces[2::2], strict=True):
            label = clean_label(html.unescape(name or "")) or None
            if spoken := _clean(words):
                parts.append(Cue(spoken, speaker=label, start=cue.start, end=cue.end, known=label is not None))
            open_voice = label if "</v" not in words else None
    return parts


def _labelled(cues: Sequence[Cue]) -> list[Cue]:
    """Split cues at `Name:`; without any such name, drop what rolling captions repeat."""
    lines = [[_clean(x) for x in c.text.split("\n")] for c in cues]
    firsts = [split_label(x) for group, c in zip(lines, cues, strict=True) if not c.known for x in group if x]
    speakers = speakers_among([s[0] for s in firsts if s], lines=sum(not c.known for c in cues))
    if not speakers:
        return _unrolled(cues, lines)
    parts: list[Cue] = []
    for cue, group in zip(cues, lines, strict=True):
        if cue.known:
            parts.append(cue)
            continue
        for line in (x for x in group if x):
            found = split_label(line)
            if found and found[0] in speakers:
                parts.append(Cue(found[1], speaker=found[0], start=cue.start, end=cue.end, known=True))
            elif parts and parts[-1].start == cue.start and parts[-1].end == cue.end and cue.start is not None:
                parts[-1].text = f"{parts[-1].text} {line}"
            else:
                parts.append(Cue(line, start=cue.start, end=cue.end))
    return parts


def _unrolled(cues: Sequence[Cue], lines: Sequence[list[str]]) -> list[Cue]:
    groups = [[x for x in group if x] for group in lines]
    repeats = sum(bool(a and b and b[0] == a[-1]) for a, b in itertools.pairwise(groups))
    rolling = len(groups) > 2 and repeats >= 0.3 * (len(groups) - 1)
    parts: list[Cue] = []
    shown: list[str] = []
    for cue, group in zip(cues, groups, strict=True):
        fresh = group
        if rolling and not cue.known:
            keep = next((n for n in range(min(len(shown), len(group)), 0, -1) if shown[-n:] == group[:n]), 0)
            fresh = group[keep:]
        shown = group or shown
        if any(re.match(r"(?:[-–—]|>{2,3})\s", x) for x in fresh):
            parts.extend(_changes(cue, fresh))
        elif fresh:
            parts.append(Cue(" ".join(fresh), speaker=cue.speaker, start=cue.start, end=cue.end, known=cue.known))
    return parts


def _changes(cue: Cue, lines: Sequence[str]) -> list[Cue]:
    """Split the lines of a cue at the marks that captions set where the speaker changes (`-`, `>>`)."""
    parts: list[Cue] = []
    for line in lines:
        marked = re.match(r"(?:[-–—]|>{2,3})\s+", line)
        if marked or not parts:
            parts.append(
                Cue(line[marked.end() :] if marked else line, start=cue.start, end=cue.end, known=marked is not None)
            )
        else:
            parts[-1].text = f"{parts[-1].text} {line}"
    return parts


def _boundary(cues: Sequence[Cue]) -> float:
    """Return the pause (seconds) at which one speaker's words fall into two turns.

    Where a program cut turns into cues of one rhythm (most pauses within a speaker are the same), any longer pause is a
    new turn; else a speaker's cues are one turn however long the pauses are.
    """
    gaps = [
        round(b.start - a.end, 2)
        for a, b in itertools.pairwise(cues)
        if a.speaker and a.speaker == b.speaker and a.end is not None and b.start is not None
    ]
    if len(gaps) < 5:
        return float("inf")
    (usual, count), *_ = Counter(gaps).most_common(1)
    return usual + 0.25 if count >= 0.6 * len(gaps) and 0 < usual < 1 else float("inf")


def join_cues(cues: Sequence[Cue]) -> list[Draft]:
    """Join the cues of one turn by one space; unlabelled cues go on only where the words before are unfinished.

    Where many cues have no label, only a turn's first cue has one, and the others go on. Captions without speakers are
    joined to paragraphs: a pause of two seconds, or the end of a sentence after 60 words, begins a new one.
    """
    spoken = [c for c in cues if c.speaker != "\0note"]
    labelled = any(c.speaker for c in spoken)
    first_only = labelled and sum(c.speaker is None for c in spoken) >= 0.15 * len(spoken)
    boundary = _boundary(cues)
    drafts: list[Draft] = []
    for cue in (c for c in cues if c.text.strip()):
        if cue.speaker == "\0note":
            drafts.append(Draft(cue.text, role="notetaker"))
            continue
        last = drafts[-1] if drafts and drafts[-1].role is None else None
        gap = cue.start - last.end if last and last.end is not None and cue.start is not None else 0.0
        if last and _goes_on(cue, last, gap, labelled=labelled, boundary=boundary, first_only=first_only):
            last.text = f"{last.text} {cue.text}".strip()
            last.end = cue.end if cue.end is not None else last.end
        else:
            drafts.append(Draft(cue.text, speaker=cue.speaker, start=cue.start, end=cue.end))
    return drafts


def _goes_on(cue: Cue, last: Draft, gap: float, *, labelled: bool, boundary: float, first_only: bool) -> bool:
    finished = bool(re.search(r"[.?!…][\"”’)\]]*$", last.text))
    if cue.speaker is not None:
        return cue.speaker == last.speaker and gap <= boundary
    if is_aside(cue.text) or is_aside(last.text) or cue.known:
        return False
    if labelled and last.speaker is not None:
        return first_only or not finished or cue.text[:1].islower()
    return gap < _PAUSE and not (finished and len(last.text.split()) >= 60) and len(last.text.split()) < 250


def _timedtext(text: str, *, file: str) -> Document:
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(text.encode())
    except Exception:
        raise ReadError(
            "the caption file is damaged: its XML does not hold together.",
            file=file,
            remedy="Export the captions again.",
        ) from None
    cues: list[Cue] = []
    for node in root.iter():
        if node.tag not in ("text", "p"):
            continue
        ms = 0.001 if node.tag == "p" else 1.0
        start, length = node.get("start") or node.get("t"), node.get("dur") or node.get("d")
        begin = float(start) * ms if start else None
        end = begin + float(length) * ms if begin is not None and length else None
        cues.append(Cue("".join(node.itertext()), start=begin, end=end))
    if not any(c.text.strip() for c in cues):
        raise ReadError("there are no captions in it.", file=file, remedy="Export the captions again.")
    return Document(join_cues(_labelled(cues)), format="timedtext", transcript=True)
