"""Plain text and Markdown: captions, a transcript or notes, whichever it turns out to be."""

from __future__ import annotations

from pathlib import Path

import feedback.ingest._captions as _captions
import feedback.ingest._transcripts as _transcripts
from feedback.errors import RefusedFile
from feedback.ingest._guard import decode
from feedback.ingest._signin import is_sign_in
from feedback.ingest._units import Document

__all__ = ["read_document"]


def read_document(path: Path, raw: bytes) -> Document:
    """Read a .txt or .md file; raises RefusedFile for a sign-in sheet, ReadError where nothing can be read."""
    text = decode(raw, file=path.name)
    lines = text.split("\n")
    if is_sign_in(lines):
        raise RefusedFile(
            "this looks like a sign-in sheet or a gift-card log: a list of people's names.", file=path.name,
            remedy=("Please keep it out of this tool and store it as your organisation's protocol says; we only need "
                   "the head count."),
        )  # fmt: skip
    kind = "md" if path.suffix.lower() in (".md", ".markdown") else "txt"
    if _captions.has_cues(text):
        return _captions.read_captions(text, file=path.name, suffix=kind)
    if _transcripts.looks_like_transcript(lines):
        return _transcripts.read_transcript_lines(lines, format=kind, file=path.name)
    from feedback.ingest._blocks import line_blocks
    from feedback.ingest._notes import read_blocks

    return read_blocks(line_blocks(lines, markdown=kind == "md"), format=kind)
