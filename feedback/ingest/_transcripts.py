"""Transcripts in plain lines, in every dialect: Teams, Meet, Zoom, Otter, Rev, Whisper, a person's own typing."""

from __future__ import annotations

from collections.abc import Sequence

from feedback.ingest._units import Document, Draft

__all__ = ["read_transcript_lines", "transcript_drafts"]


def transcript_drafts(lines: Sequence[str]) -> list[Draft]:
    """Read lines of a transcript into drafts; the header lines before the first turn become heading/process drafts."""
    raise NotImplementedError


def read_transcript_lines(lines: Sequence[str], *, format: str) -> Document:
    """Read a whole transcript given as lines (from .txt, or from paragraphs of .docx, .odt, .rtf, .pdf)."""
    raise NotImplementedError
