"""Notes: from blocks to units. What is a question, who says it, where the parking lot and the debrief begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from feedback.corpus import Kind, Role
from feedback.errors import Problem, RefusedFile
from feedback.ingest._blocks import Block, mark_of, split_lines, without_number, without_paragraph_numbers
from feedback.ingest._grids import add_document, header_table, is_roster, table_drafts
from feedback.ingest._sections import (
    Labels,
    about_meeting,
    is_aside,
    is_debrief,
    is_generic,
    is_guide_intro,
    is_guide_line,
    is_header_line,
    is_parking,
    is_question,
    labels_of,
    note_taker_kind,
    quoted,
)  # fmt: skip
from feedback.ingest._signin import is_sign_in, refusal
from feedback.ingest._transcripts import looks_like_transcript, read_transcript_lines
from feedback.ingest._units import Document, Draft

__all__ = ["notes_drafts", "read_blocks", "read_notes"]

Section = Literal["body", "parking", "debrief"]

_QUOTE = re.compile(
    r"^\W*(?:direct\s+quote|quote|verbatim|cita(?:\s+(?:textual|directa))?)\s*[\])]?\s*:\s*(?=\S)", re.I
)
_CAPS = re.compile(r"^[^a-záéíóúñü]{4,60}$")
_TIMED = re.compile(r"(?m)^\W*(?:\d{1,2}:)?\d{1,2}:\d{2}\b|\s{2,}(?:\d{1,2}:)?\d{1,2}:\d{2}\s*$")


_NOT_TAPED = re.compile(r"\b(?:not\s+(?:being\s+)?(?:audio[\s-]?)?(?:recorded|taped)|no\s+(?:audio|recording)|"
r"notes\s+only|no\s+(?:se\s+)?grab\w+|sin\s+grab\w+|"
                        r"recorded:?\s+no\b|grabad[oa]:?\s+no\b|solo\s+(?:notas|apuntes))", re.I)  # fmt: skip
_TAPED = re.compile(r"\b(?:transcri\w+|audio|recorded|taped|verbatim|grabad[oa])\b", re.I)
_FACILITATES = re.compile(
    r"^\W*(?:facilitat|fac\b|facilitador|moderad|moderator|interviewer|host\b)\w*[^:]{0,20}:", re.I
)


def notes_drafts(blocks: Sequence[Block]) -> list[Draft]:
    """Turn the blocks of a page of notes into units, in reading order."""
    return read_notes(blocks).drafts


def read_blocks(blocks: Sequence[Block], *, format: str, file: str = "", problems: Sequence[Problem] = ()) -> Document:
    """Read a word-processor document: a transcript where it is one, otherwise notes."""
    rosters = [b for b in blocks if b.kind == "table" and is_roster(b.rows)]
    lines = [line for b in blocks[:12] if b.kind != "table" for line in b.text.split("\n")]
    if is_sign_in(lines) or (rosters and len(blocks) - len(rosters) < 8):
        raise RefusedFile(refusal[0], file=file, remedy=refusal[1])
    blocks = without_paragraph_numbers([b for b in blocks if b not in rosters])
    if _is_transcript(blocks):
        end = _tail(blocks)
        lines = [line for b in blocks[:end] if b.kind not in ("table", "running") for line in b.text.split("\n")]
        document = read_transcript_lines(lines, format=format, file=file)
        _add_tables(document, blocks[:end])
        add_document(document, read_notes(blocks[end:], tail=True))
        document.drafts += [
            Draft(b.text, role="heading", kind="process", verbatim=False) for b in blocks[:end] if b.kind == "running"
        ]
    else:
        document = read_notes(blocks, format=format)
    document.problems.extend(problems)
    if rosters:
        what = "a table looks like a sign-in sheet and is not read."
        document.problems.append(
            Problem(file, "", what, "Please delete it from the document before you share it.", blocking=False)
        )
    return document


def _tail(blocks: Sequence[Block]) -> int:
    """Index of the parking lot or debrief that somebody typed below a transcript; the length where there is none."""
    for i, block in enumerate(blocks):
        short = block.kind in ("heading", "paragraph") and len(block.text) < 60 and not re.search(r":\s*\S", block.text)
        if i > 3 and short and (is_parking(block.text) or is_debrief(block.text)):
            return i
    return len(blocks)


def _is_transcript(blocks: Sequence[Block]) -> bool:
    """A transcript has turns; a page with list items or questions as headings is notes, unless turns carry times."""
    flow = [b for b in blocks if b.kind not in ("table", "running")]
    lines = [line for b in flow for line in b.text.split("\n")]
    if not lines or not looks_like_transcript(lines):
        return False
    if sum(bool(_TIMED.search(b.text)) for b in flow) >= 3:
        return True
    if _NOT_TAPED.search(" ".join(lines[:8])) or sum(b.kind == "bullet" for b in flow) > len(flow) / 10:
        return False
    asked = sum(b.kind == "heading" and is_question(b.text) for b in flow)
    taped = bool(_TAPED.search(" ".join(lines[:8])))
    return asked == 0 or taped or (asked == 1 and any(_FACILITATES.match(x) for x in lines))


def _add_tables(document: Document, blocks: Sequence[Block]) -> None:
    for block in blocks:
        if block.kind != "table":
            continue
        found = header_table(block.rows)
        if found is None:
            document.drafts += table_drafts(block.rows).drafts
            continue
        document.fields.update(found)
        cells = [cell.replace("\n", " ") for row in block.rows for cell in row if cell.strip()]
        document.drafts[:0] = [Draft(cell, role="heading", kind="process") for cell in cells]
        document.header_lines += [f"{k}: {v}" for k, v in found.items()]


def read_notes(blocks: Sequence[Block], *, format: str = "", tail: bool = False) -> Document:
    """Read a page of notes: the header, the questions, who said what, parking lot, debrief; a `tail` has no header."""
    blocks = [part for block in blocks for part in split_lines(block) if part.text.strip() or part.rows]
    _listed(blocks)
    page = _Page(blocks, Document([], format=format))
    top = 0 if tail else page.header_end()
    for i, block in enumerate(blocks):
        if block.kind == "running":
            page.put(block.text, role="heading", kind="process", aside=True)
        elif i < top:
            page.header(block)
        else:
            page.body(i, block)
    return page.document


def _listed(blocks: Sequence[Block]) -> None:
    """Make list items of numbered lines that follow one another and ask nothing: `1) rent`, `2) no bus`."""
    plain = [b.kind == "paragraph" and b.numbered and not b.bold and not is_question(b.text) for b in blocks]
    for i, block in enumerate(blocks):
        if plain[i] and any(plain[j] for j in (i - 1, i + 1) if 0 <= j < len(blocks)):
            block.kind = "bullet"


class _Page:
    """The state of reading one page of notes."""

    def __init__(self, blocks: Sequence[Block], document: Document) -> None:
        self.blocks, self.document = blocks, document
        self.section: Section = "body"
        self.level = 0
        self.prompt: int | None = None
        words = [without_number(b.text) for b in blocks if b.kind in ("bullet", "paragraph")]
        self.labels: Labels = labels_of(words)
        self.bulleted = sum(b.kind == "bullet" for b in blocks) >= 3
        self.asking = self._asking_levels()
        self.last_words = self._last_words()
        self.labelled = sum(self.labels.take(w)[0] is not None for w in words) >= 3

    def _asking_levels(self) -> set[int]:
        """Levels at which most headings ask something: there a heading without a question mark asks too."""
        levels: dict[int, list[bool]] = {}
        for b in self.blocks:
            if b.kind == "heading" and b.level and not is_parking(b.text) and not is_debrief(b.text):
                levels.setdefault(b.level, []).append(_asks(b))
        return {level for level, asks in levels.items() if len(asks) >= 3 and sum(asks) > 0.6 * len(asks)}

    def _last_words(self) -> int | None:
        """Index of a last heading after which only plain paragraphs stand, in a page of list items: the team's own."""
        last = max((i for i, b in enumerate(self.blocks) if b.kind == "heading"), default=0)
        after = [b for b in self.blocks[last + 1 :] if b.kind != "running"]
        plain = bool(after) and all(
            b.kind == "paragraph" and not quoted(b.text) and not self.labels.take(b.text)[0] for b in after
        )
        return last if last and plain and self.bulleted and not _asks(self.blocks[last]) else None

    # -- the header -------------------------------------------------------------------------------------------------

    def header_end(self) -> int:
        """Index of the first block that is not the header."""
        marked = self.bulleted or self.labelled or any(b.kind == "heading" for b in self.blocks[1:])
        guide: set[str] = set()
        opened = ""
        for i, block in enumerate(self.blocks):
            text = block.text.strip()
            title = (
                i == 0
                and block.kind == "heading"
                and not _asks(block)
                and not is_parking(text)
                and not is_debrief(text)
            )
            if block.kind == "running" or title:
                continue
            if is_guide_intro(text) and (block.kind != "heading" or self._list_follows(i)):
                opened = "any"
                continue
            key = without_number(text).lower()
            if (
                opened
                and _asks(block)
                and block.kind != "heading"
                and opened in ("any", _look(block))
                and key not in guide
            ):
                opened = _look(block)
                guide.add(key)
                continue
            opened = ""
            if not self._in_header(i, block, marked=marked):
                return i
        return 0

    def _list_follows(self, i: int) -> bool:
        """A heading `Questions` opens the guide only where plain questions follow, one after the other."""
        after = self.blocks[i + 1 : i + 3]
        return len(after) == 2 and all(b.kind in ("bullet", "paragraph") and _asks(b) for b in after)

    def _in_header(self, i: int, block: Block, *, marked: bool) -> bool:
        text = block.text.strip()
        if block.kind == "table":
            return header_table(block.rows) is not None
        if is_parking(text) or (is_debrief(text) and block.kind == "heading"):
            return False
        if block.kind == "heading":
            following = self.blocks[i + 1] if i + 1 < len(self.blocks) else None
            return not _asks(block) and following is not None and self._in_header(i + 1, following, marked=False)
        if block.kind == "bullet":
            return ":" in text and is_header_line(text) and self.labels.take(text)[0] is None
        if is_guide_line(text) and any(b.kind in ("heading", "bullet") for b in self.blocks[i + 1 :]):
            return True
        if (self._is_heading(i, block) and not is_header_line(text)) or (_asks(block) and not is_header_line(text)):
            return False
        if self.labels.take(text, block.label)[0] or note_taker_kind(text):
            return False
        return is_header_line(text) or (marked and not quoted(text))

    def header(self, block: Block) -> None:
        """Put down one block of the header: a unit a paragraph, a unit a cell."""
        if block.kind == "table":
            self.document.fields.update(header_table(block.rows) or {})
            for row in block.rows:
                cells = [cell.replace("\n", " ") for cell in row if cell.strip()]
                self.document.header_lines.append(": ".join(cells))
                for cell in cells:
                    self.put(cell, role="heading", kind="process")
            return
        self.document.header_lines += [line for line in block.text.split("\n") if line.strip()]
        self.put(block.text, role="heading", kind="process")

    # -- the body ---------------------------------------------------------------------------------------------------

    def body(self, i: int, block: Block) -> None:
        """Put down one block of the body."""
        text = block.text.strip()
        if block.kind == "table":
            self._table(block)
        elif block.kind == "heading" or (block.kind == "paragraph" and self._is_heading(i, block)):
            self._heading(block, own=i == self.last_words)
        elif (own := note_taker_kind(text)) is not None:
            kind: Kind = "debrief" if self.section == "debrief" or own == "debrief" else "process"
            self.put(text, role="notetaker", kind=kind)
        elif self.section == "debrief":
            self.put(text, role="notetaker", kind="debrief")
        elif self._is_aside(block):
            self.put(text, role="notetaker", kind="process")
        else:
            self._note(block)

    def _is_heading(self, i: int, block: Block) -> bool:
        text = block.text.strip()
        if block.kind != "paragraph" or len(text) > 200 or quoted(text):
            return False
        if is_parking(text) or (len(text) <= 60 and is_debrief(text) and not re.search(r":\s*\S", text)):
            return True
        if self.labels.take(text, block.label)[0] or note_taker_kind(text):
            return False
        following = next((b for b in self.blocks[i + 1 :] if b.kind != "running"), None)
        leads = following is not None and (
            following.kind == "bullet" or bool(self.labels.take(following.text, following.label)[0])
        )
        if _asks(block):
            return leads or block.bold or block.numbered or self.bulleted or self.labelled or block.text.endswith(":")
        if self.section == "debrief" and not block.bold:
            return False
        short = len(text) <= 80 and not re.search(r"[.!,;]$", text)
        return short and (
            block.bold
            or (leads and (is_generic(text) or text.endswith(":") or bool(_CAPS.match(text)) or block.numbered))
        )

    def _is_aside(self, block: Block) -> bool:
        """Italics or brackets on a line of its own, among list items or labelled notes, are the note-taker's."""
        if quoted(block.text) or block.kind != "paragraph" or self.labels.take(block.text, block.label)[0]:
            return False
        return is_aside(block.text) or (block.italic and (self.bulleted or self.labelled))

    def _heading(self, block: Block, *, own: bool = False) -> None:
        text = block.text.strip()
        if is_parking(text):
            self.section, self.level, self.prompt = "parking", block.level, None
        elif is_debrief(text) or own:
            self.section, self.level, self.prompt = "debrief", block.level, None
        elif self.section != "body" and (
            block.level > self.level or (self.section == "debrief" and not block.numbered and not mark_of(text)[0])
        ):
            self.put(text, role="heading", kind="process")
            return
        else:
            self.section, self.level = "body", block.level
            self.prompt = len(self.document.drafts)
        numbered = block.numbered or mark_of(text)[0] == "number" or block.level in self.asking
        asks = self.section == "body" and (_asks(block) or (numbered and not is_generic(text)))
        self.put(text, role="heading", kind="prompt" if asks else "process", prompt=None)

    def _note(self, block: Block) -> None:
        text = block.text.strip()
        if block.numbered or block.kind == "bullet":
            text = without_number(text)
        label, words = self.labels.take(text, block.label)
        mark = _QUOTE.match(words)
        said = words[mark.end() :] if mark else words
        logistics = self.section == "parking" and label is None and about_meeting(said)
        self.put(
            said, speaker=label, role="participant" if label is None else None, kind="process" if logistics else "note",
            verbatim=True if mark else quoted(said), prompt=self.prompt,
        )  # fmt: skip

    def _table(self, block: Block) -> None:
        base = len(self.document.drafts)
        inner = table_drafts(block.rows)
        for draft in inner.drafts:
            if draft.prompt is not None:
                draft.prompt += base
            elif draft.role != "heading":
                draft.prompt = self.prompt
            draft.parking_lot = draft.parking_lot or self.section == "parking"
            if self.section == "debrief" and draft.role != "heading":
                draft.role, draft.kind = "notetaker", "debrief"
            self.document.drafts.append(draft)
        self.document.problems += inner.problems
        self.document.transcript = self.document.transcript or inner.transcript

    def put(
        self, text: str, *, role: Role | None, kind: Kind | None, speaker: str | None = None, verbatim: bool = False,
        prompt: int | None = None, aside: bool = False,
    ) -> None:  # fmt: skip
        """Add a unit; `aside` ones (page feet) belong to no section."""
        parking = self.section == "parking" and role != "heading" and not aside
        self.document.drafts.append(
            Draft(text, speaker=speaker, role=role, kind=kind, verbatim=verbatim, prompt=prompt, parking_lot=parking)
        )


def _look(block: Block) -> str:
    return f"{block.kind} {block.bold}"


def _asks(block: Block) -> bool:
    return block.kind != "table" and is_question(block.text)
