"""A page before it has a format: sections of blocks, with every number and quote traceable.

Inline text is a tuple of runs: plain strings, `Figure` (a counted number with its claim) and `Mark` (emphasis).
Renderers turn the same page into HTML, Markdown, Word, PDF; none of them computes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = [
    "Block", "Boxes", "Bullets", "Claim", "Figure", "Inline", "Link", "Mark", "Page", "Paragraph", "QuoteBlock", "Run",
    "Section", "Table", "plain", "quoted",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """Emphasised words."""

    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What a printed number or quote stands on.

    Attributes:
        id: short and stable within the page (`n12`, `q3`).
        kind: sessions, units, quote.
        value: the number as printed, or the SHA-256 of a quote's words.
        recount: how to count it again: a key the composer understands (`theme:transportation:all:sessions`).
        refs: addresses behind it, where they may be shown; empty where the list itself would tell too much.
        source: what the reader sees when she opens it: the sessions, or the words in their unit.
    """

    id: str
    kind: str
    value: int | str
    recount: str
    refs: tuple[str, ...] = ()
    source: tuple[str | Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A counted number inside a sentence."""

    text: str
    claim: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to another place of the page."""

    text: str
    to: str


Run = str | Figure | Mark | Link
Inline = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `tone` is normal, note (small print) or lead."""

    text: Inline
    tone: str = "normal"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Inline, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first column heads its rows. Cells hatched as hidden hold `HIDDEN`."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class QuoteBlock:
    """Words as they were said, with label, address and language; never edited."""

    text: str
    label: str
    ref: str
    language: str | None
    claim: str


@dataclass(frozen=True, slots=True)
class Boxes:
    """Four boxes side by side: title and lines each."""

    boxes: tuple[tuple[str, tuple[Inline, ...]], ...]


Block = Paragraph | Bullets | Table | QuoteBlock | Boxes


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; `level` 2 to 4."""

    id: str
    heading: str
    blocks: tuple[Block, ...] = ()
    level: int = 2


@dataclass(frozen=True, slots=True)
class Page:
    """A whole brief: what every renderer is given."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    claims: Mapping[str, Claim] = field(default_factory=dict)
    language: str = "en"
    stamp: Mapping[str, str] = field(default_factory=dict)


def quoted(text: str) -> str:
    """Words between quotation marks; words that bring their own keep those.

    >>> quoted("we wait"), quoted("“we wait”")
    ('“we wait”', '“we wait”')
    """
    return text if text[:1] in '"“«‘' and text[-1:] in '"”»’' else f"“{text}”"


def plain(text: Inline | Iterable[Run]) -> str:
    """The words of inline text without any mark-up."""
    return "".join(run if isinstance(run, str) else run.text for run in text)
