"""A page before it has a format: sections of blocks, with every number and quote traceable.

Inline text is a tuple of runs: plain strings, `Figure` (a counted number with its claim) and `Mark` (emphasis).
Renderers turn the same page into HTML, Markdown, Word, PDF; none of them computes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from feedback.briefs._scene import Scene
from feedback.briefs._words import in_spanish

__all__ = [
    "HIDDEN", "Block", "Boxes", "Bullets", "Claim", "Figure", "Inline", "Link", "Mark", "Page", "Paragraph", "Picture",
    "QuoteBlock", "Run", "Section", "Table", "grouped", "in_sessions", "plain", "quoted", "sourced",
]  # fmt: skip
HIDDEN = "▨"


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
    """A table with a caption; the first column heads its rows. Cells hatched as hidden hold `HIDDEN`.

    `look` is plain, heat (cells hold bands and are shaded by them) or grid (one narrow column a session). `widths` are
    shares of the columns; `groups` name runs of columns above the head (name, how many columns).
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    note: str = ""
    look: str = "plain"
    widths: tuple[float, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with a caption; `scene.alt` says in words what it shows."""

    caption: str
    scene: Scene


@dataclass(frozen=True, slots=True)
class QuoteBlock:
    """Words as they were said, with label, address and language; never edited.

    A translation stands under them with its translator. `slot` leaves room for one where the format can be edited.
    """

    text: str
    label: str
    ref: str
    language: str | None
    claim: str
    translation: str = ""
    translator: str = ""
    slot: bool = False


@dataclass(frozen=True, slots=True)
class Boxes:
    """Four boxes side by side: title and lines each."""

    boxes: tuple[tuple[str, tuple[Inline, ...]], ...]


Block = Paragraph | Bullets | Table | QuoteBlock | Boxes | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; `level` 2 to 4. `fresh` starts a new page in print."""

    id: str
    heading: str
    blocks: tuple[Block, ...] = ()
    level: int = 2
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A whole brief: what every renderer is given. `sources` says whether print carries the list of sources too."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    claims: Mapping[str, Claim] = field(default_factory=dict)
    language: str = "en"
    stamp: Mapping[str, str] = field(default_factory=dict)
    sources: bool = True


def quoted(text: str) -> str:
    """Words between quotation marks; words that bring their own keep those.

    >>> quoted("we wait"), quoted("“we wait”")
    ('“we wait”', '“we wait”')
    """
    return text if text[:1] in '"“«‘' and text[-1:] in '"”»’' else f"“{text}”"


def plain(text: Inline | Iterable[Run]) -> str:
    """The words of inline text without any mark-up."""
    return "".join(run if isinstance(run, str) else run.text for run in text)


def sourced(claim: Claim, language: str) -> tuple[str | Mark, ...]:
    """What a claim stands on, in the page's language; a theme's English name is left out of a Spanish page."""
    if language != "es":
        return claim.source
    named = claim.kind == "count" and len(claim.source) > 1
    return tuple(in_spanish(x) if isinstance(x, str) else x for x in (claim.source[1:] if named else claim.source))


def grouped(claims: Mapping[str, Claim], language: str = "en") -> list[tuple[tuple[str, ...], tuple[str | Mark, ...]]]:
    """Claims that stand on the same source, together: (ids, source) in the order of the first of each."""
    out: dict[tuple[str | Mark, ...], list[str]] = {}
    for claim in claims.values():
        out.setdefault(sourced(claim, language), []).append(claim.id)
    return [(tuple(ids), source) for source, ids in out.items()]


def in_sessions(refs: Iterable[str]) -> str:
    """Addresses, session by session.

    >>> in_sessions(["LS-Y04#12", "LS-Y04#15", "LS-F01#3"])
    'LS-Y04 #12, #15; LS-F01 #3'
    """
    out: dict[str, list[str]] = {}
    for ref in refs:
        session, _, unit = ref.partition("#")
        out.setdefault(session, []).append(f"#{unit}")
    return "; ".join(f"{session} {', '.join(units)}" for session, units in out.items())
