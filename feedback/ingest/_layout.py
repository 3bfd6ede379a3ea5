"""The geometry of a printed page: which words make a line, which lines a column, which lines a paragraph."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from feedback.ingest._blocks import Block, join_wrapped, mark_of

__all__ = ["Line", "Page", "blocks_of_pages", "lines_of", "running_lines"]

_TERMINAL = re.compile(r"[.!?…:;][\"”’»)\]]*$")
_PAGE_NUMBER = re.compile(r"\W*(?:page|p[aá]g(?:ina)?\.?|p\.)?\s*\d{1,3}(?:\s*(?:/|of|de|-)\s*\d{1,3})?\W*", re.I)
_PAGE_WORD = re.compile(r"\b(?:page|p[aá]g(?:ina)?\.?)\s*\d{1,3}\b", re.I)
_TAG = re.compile(
    r"^[\[(]?(?:[A-Z]{1,2}-?\d{1,2}|[A-Z]{2,3}|[A-Z][\w. ]{1,22}\d{0,2})[\])]?\s*(?:\([^)]*\))?\s*:\s|^\[?\d{1,2}:\d{2}"
)


@dataclass
class Line:
    """One line of print.

    Attributes:
        x0, x1, top, bottom: its box, in points from the page's upper left corner.
        size: height of most letters. bold, italic: all words are. label: its first words, where only they are bold.
        words: their boxes; `first` is the width of the first word.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool = False
    italic: bool = False
    label: str | None = None
    words: list[dict[str, Any]] = field(default_factory=list)

    @property
    def first(self) -> float:
        """Width of the first word."""
        return float(self.words[0]["x1"] - self.words[0]["x0"])


@dataclass
class Page:
    """One page: its lines and its ruled tables (box, rows of cells)."""

    number: int
    width: float
    height: float
    lines: list[Line]
    tables: list[tuple[Sequence[float], list[list[str]]]]


# -- words to lines -------------------------------------------------------------------------------------------------


def lines_of(words: Sequence[dict[str, Any]]) -> list[Line]:
    """Put words on lines; a wide gap within a line divides it, so that columns stay apart."""
    rows: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda w: ((w["top"] + w["bottom"]) / 2, w["x0"])):
        middle = (word["top"] + word["bottom"]) / 2
        row = next((r for r in reversed(rows[-4:]) if r[0]["top"] < middle < r[0]["bottom"]), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    out: list[Line] = []
    for row in rows:
        row.sort(key=lambda w: w["x0"])
        part = [row[0]]
        for left, right in pairwise(row):
            if right["x0"] - left["x1"] > max(14.0, 1.8 * left["size"]) and not _is_mark(part):
                out.append(_line(part))
                part = []
            part.append(right)
        out.append(_line(part))
    return out


def _is_mark(words: Sequence[dict[str, Any]]) -> bool:
    """A bullet, a number or a short tag keeps its text however far it is set in."""
    text = " ".join(w["text"] for w in words)
    return len(words) <= 2 and bool(
        re.fullmatch(
            r"\W{1,3}|o|\(?\w{1,3}[.):]|[A-Z]{1,2}-?\d{1,2}:?|(?:Participant|Speaker|Youth|Parent)\s?\d{1,2}:?|"
            r"\[?\d{1,2}(?::\d{2}){1,2}\]?",
            text,
        )
    )


def _line(words: list[dict[str, Any]]) -> Line:
    text = " ".join(w["text"] for w in words)
    strong = [bool(re.search(r"bold|black|heavy|semibold|demi", w["fontname"], re.I)) for w in words]
    slant = [bool(re.search(r"ital|obli", w["fontname"], re.I)) for w in words]
    shown = [i for i, w in enumerate(words) if re.search(r"\w", w["text"])] or list(range(len(words)))
    count = next((i for i, b in enumerate(strong) if not b), len(words))
    label = " ".join(w["text"] for w in words[:count]) if 0 < count < len(words) else None
    return Line(
        text, words[0]["x0"], words[-1]["x1"], min(w["top"] for w in words), max(w["bottom"] for w in words),
        Counter(round(w["size"], 1) for w in words).most_common(1)[0][0], bold=all(strong[i] for i in shown),
        italic=all(slant[i] for i in shown), label=label, words=words,
    )  # fmt: skip


# -- running heads --------------------------------------------------------------------------------------------------


def running_lines(pages: Sequence[Page]) -> set[int]:
    """Return the ids of lines that are a page's head or foot: repeated from page to page, or page numbers."""
    found: set[int] = set()
    edges: dict[str, list[Line]] = {}
    for page in pages:
        for line in _edge(page):
            key = re.sub(r"\d+", "#", line.text.strip().lower())
            edges.setdefault(key, []).append(line)
            if (_PAGE_NUMBER.fullmatch(line.text.strip()) and re.search(r"\d", line.text)) or (
                _PAGE_WORD.search(line.text) and len(line.text) < 90 and _apart(line, page)
            ) or _at_foot(line, page):
                found.add(id(line))
    for same in edges.values():
        if len(same) >= 2 and len(same) >= 0.5 * (len(pages) - 1) and _same_place(same):
            found |= {id(line) for line in same}
    return found


def _edge(page: Page) -> list[Line]:
    top = [x for x in page.lines if x.bottom < 0.1 * page.height]
    foot = [x for x in page.lines if x.top > 0.88 * page.height]
    return top + foot


def _apart(line: Line, page: Page) -> bool:
    others = [x for x in page.lines if x is not line and abs(x.top - line.top) > 2]
    return all(abs(x.top - line.top) > 1.9 * line.size for x in others) or line.size < median(
        [x.size for x in others] or [99]
    )


def _at_foot(line: Line, page: Page) -> bool:
    """Say whether one short line stands far below all others, in the bottom margin of a page."""
    above = [x for x in page.lines if x is not line]
    lowest = max((x.bottom for x in above), default=line.top)
    return line.top > 0.9 * page.height and len(line.text) < 90 and len(above) > 2 and line.top - lowest > 4 * line.size


def _same_place(lines: Sequence[Line]) -> bool:
    return max(x.top for x in lines) - min(x.top for x in lines) < 6


# -- columns --------------------------------------------------------------------------------------------------------


def _ordered(page: Page, running: set[int]) -> list[list[Line]]:
    """Return the flows of a page in reading order: a full-width band, then its columns from left to right, and so on."""
    lines = sorted((x for x in page.lines if id(x) not in running), key=lambda x: (x.top, x.x0))
    gutter = _gutter(lines, page)
    if gutter is None:
        return [_rejoined(lines)]
    flows: list[list[Line]] = []
    band: list[Line] = []
    for line in [*lines, None]:
        crosses = line is None or (line.x0 < gutter - 2 and line.x1 > gutter + 2)
        if not crosses and line is not None:
            band.append(line)
            continue
        flows += [part for part in ([x for x in band if x.x0 < gutter], [x for x in band if x.x0 >= gutter]) if part]
        band = []
        if line is not None:
            if flows and flows[-1] and flows[-1][-1].x0 < gutter - 2 and flows[-1][-1].x1 > gutter + 2:
                flows[-1].append(line)
            else:
                flows.append([line])
    return flows


def _gutter(lines: Sequence[Line], page: Page) -> float | None:
    """The middle of the white strip between two columns, or None. Both sides need lines of running text."""
    if not 8 <= len(lines) <= 400 or not page.width:
        return None
    best: tuple[int, float] | None = None
    for step in range(30, 71, 2):
        x = page.width * step / 100
        left = [a for a in lines if a.x1 <= x - 3]
        right = [a for a in lines if a.x0 >= x + 3]
        cross = len(lines) - len(left) - len(right)
        pairs = sum(any(abs(a.top - b.top) < 0.6 * max(a.size, 1) + 4 for b in right) for a in left)
        ends = Counter(round(b.x0 / 3) for b in right)
        aligned = max((ends[k] + ends[k + 1] for k in ends), default=0)
        fits = len(left) >= 4 and len(right) >= 4 and cross <= 0.35 * len(lines) and aligned >= 0.4 * len(right)
        if fits and pairs >= 3 and len(right) > 0.12 * len(lines):
            score = (len(left) + len(right), -abs(x - _mid(left, right)))
            if best is None or score > best:
                best = score[0], score[1]
                chosen = x
    return chosen if best is not None else None


def _mid(left: Sequence[Line], right: Sequence[Line]) -> float:
    return (max(a.x1 for a in left) + min(b.x0 for b in right)) / 2


def _rejoined(lines: Sequence[Line]) -> list[Line]:
    """Put the parts of one line together again where the page has no columns."""
    out: list[Line] = []
    for line in lines:
        if out and abs(out[-1].top - line.top) < 0.4 * line.size and line.x0 > out[-1].x1:
            out[-1] = _line([*out[-1].words, *line.words])
        else:
            out.append(line)
    return out


# -- lines to blocks ------------------------------------------------------------------------------------------------


def blocks_of_pages(pages: Sequence[Page], running: set[int]) -> list[Block]:
    """Turn pages into blocks; a page's head and foot come after the last block of the page."""
    body = _body_size(pages)
    blocks: list[Block] = []
    open_line: Line | None = None
    open_edge = 0.0
    for page in pages:
        flows: list[list[Line] | Block] = [*_ordered(page, running)]
        flows = _with_tables(flows, page)
        for flow in flows:
            if isinstance(flow, Block):
                blocks.append(flow)
                open_line = None
                continue
            made, last, edge = _flow_blocks(flow, body)
            if open_line is not None and made and _goes_on(open_line, open_edge, flow[0], made[0], _last_text(blocks)):
                target = _last_text(blocks)
                if target is not None:
                    target.text = join_wrapped(target.text, made[0].text)
                    made = made[1:]
            blocks += made
            open_line, open_edge = last, edge
        feet = [Block("running", x.text, place=f"page {page.number}") for x in page.lines if id(x) in running]
        blocks += feet
    return blocks


def _last_text(blocks: Sequence[Block]) -> Block | None:
    return next((b for b in reversed(blocks) if b.kind != "running"), None)


def _goes_on(line: Line, edge: float, following: Line, block: Block, before: Block | None) -> bool:
    """Say whether a column or page broke a paragraph in two."""
    if (
        before is None
        or before.kind not in ("bullet", "paragraph")
        or block.kind != "paragraph"
        or block.label
        or following.bold != line.bold
    ):
        return False
    if _TAG.match(block.text) or abs(following.size - line.size) > 0.6 or following.italic != line.italic:
        return False
    starts_low = block.text[:1].islower()
    return (_full(line, following, edge) and (starts_low or not _TERMINAL.search(line.text))) or (
        starts_low and not _TERMINAL.search(line.text)
    )


def _body_size(pages: Sequence[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _with_tables(flows: Iterable[list[Line] | Block], page: Page) -> list[list[Line] | Block]:
    """Set ruled tables between the lines above and below them."""
    out = list(flows)
    for box, rows in sorted(page.tables, key=lambda t: t[0][1]):
        table = Block("table", rows=rows, place=f"page {page.number}")
        for i, flow in enumerate(out):
            if isinstance(flow, list):
                above = [x for x in flow if x.top < box[1]]
                if len(above) < len(flow):
                    out[i : i + 1] = [part for part in (above, table, [x for x in flow if x.top >= box[1]]) if part]
                    break
        else:
            out.append(table)
    return out


def _flow_blocks(lines: Sequence[Line], body: float) -> tuple[list[Block], Line | None, float]:
    """Join the lines of one column into blocks; returns also its last line and its right edge."""
    edge = max((x.x1 for x in lines if x.size <= body + 0.8), default=max((x.x1 for x in lines), default=0.0))
    pitch = _pitch(lines)
    blocks: list[Block] = []
    start: Line | None = None
    indents = sorted({round(mark_x) for x in lines if mark_of(x.text)[0] == "bullet" for mark_x in [x.x0]})
    for i, line in enumerate(lines):
        if i and start is not None and not _breaks(lines[i - 1], line, start, edge, pitch):
            blocks[-1].text = join_wrapped(blocks[-1].text, line.text)
            blocks[-1].bold, blocks[-1].italic = blocks[-1].bold and line.bold, blocks[-1].italic and line.italic
            continue
        start = line
        blocks.append(_block(line, body, indents))
    return blocks, lines[-1] if lines else None, edge


def _pitch(lines: Sequence[Line]) -> float:
    """The distance between lines of one paragraph, in letter heights: the smallest that is common."""
    gaps = [
        (b.top - a.top) / a.size
        for a, b in pairwise(lines)
        if abs(a.size - b.size) < 0.3 and 0.5 < (b.top - a.top) / a.size < 4
    ]
    if not gaps:
        return 1.3
    rounded = Counter(round(g, 1) for g in gaps)
    common = [g for g, n in rounded.items() if n >= max(2, 0.08 * len(gaps))]
    return min(common) if common else min(gaps)


def _block(line: Line, body: float, indents: Sequence[int]) -> Block:
    mark, words = mark_of(line.text)
    level = next((i for i, x in enumerate(indents) if abs(x - line.x0) < 3), 0)
    if mark == "bullet":
        label = line.label.lstrip("•-–—*· ") if line.label else None
        return Block("bullet", words, level, label=label or None, italic=line.italic)
    large = line.size > body + 0.8
    if large or (line.bold and len(line.text) < 160):
        depth = 0 if line.size > body + 5 else 1 if large else 2
        return Block("heading", line.text, depth, bold=line.bold, italic=line.italic, numbered=mark == "number")
    return Block(
        "paragraph", line.text, bold=line.bold, italic=line.italic, label=line.label, numbered=mark == "number"
    )


def _breaks(above: Line, line: Line, start: Line, edge: float, pitch: float) -> bool:
    """Say whether a line begins a new block."""
    if mark_of(line.text)[0] == "bullet" or line.label or _TAG.match(line.text):
        return True
    if abs(above.size - line.size) > 0.6 or (above.bold != line.bold and not (start.label and above is start)):
        return True
    if (line.top - above.top) / above.size > pitch + 0.22:
        return True
    hanging = above is not start and above.x0 > start.x0 + 6
    if hanging and line.x0 < above.x0 - 4:
        return True
    if mark_of(line.text)[0] == "number" and line.x0 < start.x0 + 3:
        broken = _full(above, line, edge) and bool(re.search(r"[:,–—-]$", above.text))  # "Head count:" / "10. SPA 3"
        return not broken or mark_of(start.text)[0] == "number"
    if above.italic and start.italic and not line.italic and line.x0 <= start.x0 + 2 and _TERMINAL.search(above.text):
        return True
    return not _full(above, line, edge)


def _full(above: Line, line: Line, edge: float) -> bool:
    """Say whether the next line's first word would not have fitted on the line above: a wrap, not an end."""
    space = 0.25 * above.size
    return above.x1 + space + line.first > edge - 0.02 * edge or bool(re.search(r"\w[-\u2010\u00ad]$", above.text))
