"""JSON and JSON lines: Whisper, WhisperX, whisper.cpp, AssemblyAI, Deepgram, AWS, CDP, Consult, and lists of turns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from feedback.corpus import KINDS, ROLES
from feedback.errors import Problem, ReadError, UnsupportedFormat
from feedback.ingest._captions import Cue, join_cues, seconds
from feedback.ingest._guard import MAX_BYTES, decode
from feedback.ingest._units import Document, Draft

__all__ = ["read_document"]

_Json = Mapping[str, Any]
_DEPTH = 60
_HEADER = (
    "session",
    "code",
    "id",
    "month",
    "date",
    "audience",
    "language",
    "languages",
    "participants",
    "spa",
    "recorded",
    "quote_consent",
    "quotes",
    "guide",
    "questions",
    "host",
    "interpreter",
    "title",
)
_TEXT = (
    "text",
    "transcript",
    "words_said",
    "utterance",
    "content",
    "body",
    "comment",
    "response",
    "answer",
    "quote",
    "free_text",
    "comment_body",
    "comment-body",
)
_SPEAKER = ("speaker", "speaker_label", "speaker_name", "speakerName", "name", "who", "label", "participant", "user")


def read_document(path: Path, raw: bytes) -> Document:
    """Read a .json or .jsonl file; raises ReadError where it is broken, UnsupportedFormat where its shape is unknown."""
    text = decode(raw, file=path.name, max_line=MAX_BYTES)
    rows, value, problems = _load(text, file=path.name, lines=path.suffix.lower() in (".jsonl", ".ndjson"))
    document = _turns({}, rows) if rows is not None else _shape(value)
    if document is None or not any(d.text.strip() for d in document.drafts):
        raise UnsupportedFormat(
            "its JSON is not one we know: no turns, segments, utterances or responses were found.",
            file=path.name,
            remedy="Export the transcript as .vtt or .txt, or give a list of objects with `speaker` and `text`.",
        )
    document.problems.extend(problems)
    return document


def _load(text: str, *, file: str, lines: bool) -> tuple[list[Any] | None, Any, list[Problem]]:
    if not lines:
        try:
            _check_depth(text, file=file)
            return None, json.loads(text), []
        except json.JSONDecodeError as error:
            first = text.lstrip().split("\n", 1)[0].strip()
            if not (first.startswith("{") and first.endswith("}")):
                raise ReadError(
                    "the JSON does not hold together; it was probably cut off.",
                    file=file,
                    place=f"line {error.lineno}, character {error.colno}",
                    remedy="Export it again.",
                ) from None
    rows: list[Any] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            _check_depth(line, file=file)
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            problems.append(
                Problem(file, f"line {number}", "it is not JSON and was left out.", "Export it again.", blocking=False)
            )
    if not rows:
        raise ReadError("none of its lines is JSON.", file=file, place="line 1", remedy="Export it again.")
    return rows, None, problems


def _check_depth(text: str, *, file: str) -> None:
    depth, quoted, escaped = 0, False, False
    if text.count("[") + text.count("{") <= _DEPTH:
        return
    for c in text:
        if quoted:
            quoted, escaped = (escaped or c != '"'), (c == "\\" and not escaped)
        elif c == '"':
            quoted = True
        elif c in "[{":
            depth += 1
            if depth > _DEPTH:
                raise ReadError(
                    "its JSON is nested far too deeply to be a transcript.", file=file, remedy="Export it again."
                )
        elif c in "]}":
            depth -= 1


def _shape(value: Any) -> Document | None:
    """Tell the shapes apart and read the one it is."""
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], dict) and not _text_of(value[0]):
            return _shape(value[0])
        return _turns({}, value)
    if not isinstance(value, dict):
        return None
    results = value.get("results")
    tries: tuple[tuple[Any, Callable[[Any], Document | None]], ...] = (
        (value.get("utterances"), lambda v: _utterances(v, scale=0.001)),
        (value.get("sentences"), _sentences),
        (value.get("transcription"), _whisper_cpp),
        (value.get("segments"), _segments),
        (results, _results),
    )
    for part, reader in tries:
        if isinstance(part, (list, dict)) and part and (document := reader(part)):
            return _with_header(document, value)
    for key in (
        "turns",
        "units",
        "transcript",
        "responses",
        "monologues",
        "data",
        "items",
        "comments",
        "captions",
        "events",
    ):
        if isinstance(value.get(key), list) and (document := _turns(value, value[key])):
            return document
    for key in ("transcript", "text"):
        if isinstance(value.get(key), str) and value[key].strip():
            from feedback.ingest._transcripts import looks_like_transcript, read_transcript_lines

            lines = value[key].split("\n")
            whole = (
                read_transcript_lines(lines, format="json")
                if looks_like_transcript(lines)
                else Document([Draft(value[key])], format="json", transcript=True)
            )
            return _with_header(whole, value)
    return None


def _with_header(document: Document, value: _Json) -> Document:
    for key in _HEADER:
        if isinstance(said := value.get(key), (str, int, bool)) and not (key == "id" and len(str(said)) > 24):
            document.fields.setdefault(key, {True: "yes", False: "no"}[said] if isinstance(said, bool) else str(said))
        elif isinstance(said, list) and said and all(isinstance(x, str) for x in said):
            words = [str(x) for x in said]
            if key in ("guide", "questions"):
                joined = " ".join(x if x.endswith("?") else f"{x};" for x in words)
            else:
                joined = ", ".join(_LANGUAGE.get(x, x) for x in words)
            document.fields.setdefault(key, joined)
    return document


_LANGUAGE = {"en": "English", "es": "Spanish"}


def _number(value: Any, scale: float = 1.0) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        if ":" in value:
            return seconds(value)
        try:
            value = float(value.rstrip("s"))
        except ValueError:
            return None
    return round(float(value) * scale, 3) if isinstance(value, (int, float)) else None


def _label(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("label") or value.get("id")
    if value is None or value == "" or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return f"Speaker {value}"
    text = str(value).strip()
    return f"Speaker {text}" if len(text) == 1 and text.isalnum() else text or None


def _cues(
    rows: Iterable[Any], *, text: str, start: str = "start", end: str = "end", scale: float = 1.0
) -> Document | None:
    cues = [
        Cue(
            str(r[text]),
            speaker=_label(next((r[k] for k in _SPEAKER if r.get(k) not in (None, "")), None)),
            start=_number(r.get(start), scale),
            end=_number(r.get(end), scale),
        )
        for r in rows
        if isinstance(r, dict) and isinstance(r.get(text), str)
    ]
    return Document(join_cues(cues), format="json", transcript=True) if cues else None


def _utterances(rows: Any, *, scale: float) -> Document | None:
    name = "transcript" if rows and isinstance(rows[0], dict) and "transcript" in rows[0] else "text"
    return _cues(rows, text=name, scale=scale if name == "text" else 1.0)


def _segments(rows: Any) -> Document | None:
    return _cues(rows, text="text")


def _sentences(rows: Any) -> Document | None:
    return _cues(rows, text="text", start="start_time", end="end_time")


def _whisper_cpp(rows: Any) -> Document | None:
    if not isinstance(rows, list):
        return None
    flat = [
        {**r, "start": (r.get("offsets") or {}).get("from"), "end": (r.get("offsets") or {}).get("to")}
        for r in rows
        if isinstance(r, dict)
    ]
    return _cues(flat, text="text", scale=0.001)


def _results(results: Any) -> Document | None:
    """Read Deepgram's and AWS Transcribe's `results`."""
    if not isinstance(results, dict):
        return None
    if results.get("utterances"):
        return _utterances(results["utterances"], scale=1.0)
    if results.get("channels"):
        words = ((results["channels"][0].get("alternatives") or [{}])[0]).get("words") or []
        flat = [
            {
                "text": w.get("punctuated_word") or w.get("word"),
                "speaker": w.get("speaker"),
                "start": w.get("start"),
                "end": w.get("end"),
            }
            for w in words
        ]
        return _cues(flat, text="text")
    if not isinstance(results.get("items"), list):
        return None
    by_time = {
        item.get("start_time"): segment.get("speaker_label")
        for segment in (results.get("speaker_labels") or {}).get("segments", [])
        for item in segment.get("items", [])
    }
    cues: list[Cue] = []
    for item in results["items"]:
        word = ((item.get("alternatives") or [{}])[0]).get("content", "")
        if item.get("type") == "punctuation" and cues:
            cues[-1].text += word
        elif word:
            who = item.get("speaker_label") or by_time.get(item.get("start_time"))
            cues.append(
                Cue(word, speaker=_label(who), start=_number(item.get("start_time")), end=_number(item.get("end_time")))
            )
    return Document(join_cues(cues), format="json", transcript=True) if cues else None


def _text_of(row: Any) -> str | None:
    if not isinstance(row, dict):
        return None
    text: str | None = next((row[k] for k in _TEXT if isinstance(row.get(k), str) and row[k].strip()), None)
    if text is None and isinstance(row.get("segs"), list):
        text = "".join(str(s.get("utf8", "")) for s in row["segs"] if isinstance(s, dict))
    if text is None and isinstance(row.get("elements"), list):
        text = "".join(str(e.get("value", "")) for e in row["elements"] if isinstance(e, dict))
    return text


def _turns(value: _Json, rows: Sequence[Any]) -> Document | None:
    """Read a list of turns, of our own units (`corpus.frame()`), or of written responses (Consult)."""
    if rows and all(isinstance(r, str) for r in rows):
        return _with_header(Document([Draft(r) for r in rows], format="json", transcript=True), value)
    taken = [r for r in rows if _text_of(r)]
    if not taken or len(taken) < 0.5 * len(rows):
        return None
    responses = any(k in taken[0] for k in ("themefinder_id", "response_id", "response", "free_text"))
    document = Document([_draft(r, responses=responses) for r in taken], format="json", transcript=True)
    first = next((r for r in taken if "session" in r), None)
    head = (
        dict(value)
        if value
        else {k: first[k] for k in ("session", "month") if isinstance(first.get(k), str)}
        if first
        else {}
    )
    return _with_header(document, head)


def _draft(row: _Json, *, responses: bool) -> Draft:
    who = next((row[k] for k in _SPEAKER if row.get(k) not in (None, "")), None)
    if responses and who is None:
        number = next(
            (row[k] for k in ("themefinder_id", "response_id", "respondent_id", "id") if row.get(k) is not None), None
        )
        who = None if number is None else f"R{number}"
    role, kind = row.get("role"), row.get("kind")
    agreement = row.get("agreement", row.get("votes"))
    return Draft(
        _text_of(row) or "",
        speaker=_label(who),
        role=role if role in ROLES else None,
        kind="speech" if responses else kind if kind in KINDS else None,
        verbatim=row["verbatim"] if isinstance(row.get("verbatim"), bool) else True if responses else None,
        agreement=agreement if isinstance(agreement, int) and not isinstance(agreement, bool) else None,
        start=_number(row.get("start", row.get("start_time", row.get("ts")))),
        end=_number(row.get("end", row.get("end_time", row.get("end_ts")))),
        audience=row["audience"] if isinstance(row.get("audience"), str) else None,
        parking_lot=row.get("parking_lot") is True,
    )
