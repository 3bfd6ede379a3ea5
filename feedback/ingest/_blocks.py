"""Blocks: what word-processor formats have in common before anybody knows what a line means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

__all__ = ["Block", "join_wrapped", "line_blocks", "mark_of", "split_lines", "without_number"]

BlockKind = Literal["heading", "bullet", "paragraph", "table", "running"]

_GLYPHS = "•●○◦▪■□▫‣⁃∙·*➢➤►▶▸▹»→⇒➔✓✔☐☑☒◆◇❖✦✱\uf0b7\uf0a7\uf0d8\uf076\uf0fc\u2023"
_BULLET = re.compile(
    rf"^\s*(?:[{re.escape(_GLYPHS)}]+\s*(?:\[[ xX]\]\s+)?|[-–—+]+>?\s+(?:\[[ "
    rf"xX]\]\s+)?|->\s*|=>\s*|o(?:\t|\s{{2,}})|[-–—](?=[^\W\d]|[\"“«'¿¡]))(?=\S)"
)
_NUMBER = re.compile(r"^\s*(?:\(?\d{1,2}[.)]|\(?[a-h][.)]|[A-H]\))\s+(?=\S)")
_MARKDOWN = re.compile(r"(\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)|`)")
_HASH = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"^\s*([-=_*~·•—–]\s?){3,}\s*$")


@dataclass
class Block:
    r"""One paragraph, list item, heading, table or running head, with what its format says about it.

    Attributes:
        kind: `running` is a page's head or foot. text: its words, line breaks inside it as `\n`, no bullet mark.
        level: depth of a heading (0 is the title) or of a list item (from 0).
        rows: cells of a table; paragraphs in a cell are divided by `\n`, list items among them begin with `• `.
        bold, italic: the whole block is. label: its first words, where only they are bold (a speaker's tag).
        numbered: a numbered item; the number, where it was typed, is still in the text. place: `page 2`.
    """

    kind: BlockKind
    text: str = ""
    level: int = 0
    rows: list[list[str]] = field(default_factory=list)
    bold: bool = False
    italic: bool = False
    label: str | None = None
    numbered: bool = False
    place: str = ""


_NUMBERED_TURN = re.compile(r"^(\d{1,4})\s+(?=[^\s:][^:]{0,30}:\s)")


def without_paragraph_numbers(blocks: Sequence[Block]) -> list[Block]:
    """Drop the paragraph numbers that coding programs print before each turn (`2 Dan: Okay.`), where they count up."""
    flow = [b for b in blocks if b.kind in ("paragraph", "bullet") and b.text.strip()]
    found = [(b, m) for b in flow if (m := _NUMBERED_TURN.match(b.text))]
    numbers = [int(m[1]) for _, m in found]
    steady = sum(b - a in (1, 2) for a, b in pairwise(numbers)) >= 0.9 * (len(numbers) - 1)
    if len(found) < 6 or len(found) < 0.6 * len(flow) or not steady:
        return list(blocks)
    strip = {id(b): m.end() for b, m in found}
    return [
        replace(b, text=b.text[strip[id(b)] :], kind="paragraph", numbered=False) if id(b) in strip else b for b in blocks
    ]


def mark_of(text: str) -> tuple[str, str]:
    r"""Return the kind of mark before the words (`bullet`, `number` or nothing) and the words without a bullet mark.

    >>> mark_of("- no bus after six"), mark_of("2) rent"), mark_of("- ")
    (('bullet', 'no bus after six'), ('number', '2) rent'), ('', '- '))
    """
    m = _BULLET.match(text)
    if m:
        return "bullet", text[m.end() :].strip()
    return ("number" if _NUMBER.match(text) else ""), text


def without_number(text: str) -> str:
    """Drop a typed item number: `2) rent` is `rent`."""
    return _NUMBER.sub("", text, count=1)


def split_lines(block: Block) -> list[Block]:
    """Divide a paragraph whose lines carry bullet marks of their own; otherwise return it as it is."""
    lines = [line for line in block.text.split("\n") if line.strip()]
    marks = [mark_of(line)[0] for line in lines]
    if block.kind not in ("paragraph", "bullet") or not any(m == "bullet" for m in marks):
        return [block]
    out: list[Block] = []
    for line, mark in zip(lines, marks, strict=True):
        if mark == "bullet":
            out.append(Block("bullet", mark_of(line)[1], block.level, italic=block.italic, place=block.place))
        elif out and out[-1].kind == "bullet":
            out[-1].text += "\n" + line.strip()
        else:
            out.append(
                Block(block.kind, line.strip(), block.level, bold=block.bold, italic=block.italic, place=block.place)
            )
    return out


def join_wrapped(first: str, second: str) -> str:
    """Join two lines of one sentence; a word divided at the line's end is put together again.

    >>> join_wrapped("far-", "off kin"), join_wrapped("transpor-", "tation to"), join_wrapped("and an hour", "later")
    ('far-off kin', 'transportation to', 'and an hour later')
    """
    first, second = first.rstrip(), second.lstrip()
    if first.endswith("\u00ad"):
        return first[:-1] + second
    m = re.search(r"([^\W\d_]+)[-\u2010]$", first)
    n = re.match(r"[^\W\d_]+", second)
    if not m or not n or not second[0].islower():
        glued = bool(re.search(r"\w[-\u2010]$", first)) and not re.search(r"\s[-\u2010]$", first)
        return first + second if glued else f"{first} {second}"
    return first[:-1] + second if _one_word(m[1], n[0]) else first + second


def _one_word(left: str, right: str) -> bool:
    import simplemma

    def known(word: str) -> bool:
        return any(simplemma.is_known(word.lower(), lang=lang) for lang in ("en", "es"))

    return known(left + right) or not (known(left) and (known(right) or len(left) > 2))


def _unmark(text: str, *, markdown: bool) -> str:
    return _MARKDOWN.sub("", text) if markdown else text


def _wraps(line: str, following: str, width: int) -> bool:
    """Say whether a line was broken because the next word did not fit."""
    if not 50 <= width <= 110:
        return False
    return len(line.rstrip()) + 1 + len(following.split()[0]) > width


def _width(lines: Sequence[str]) -> int:
    """The column at which the text is wrapped by hand or by a program; 0 where it is not."""
    lengths = sorted(len(x.rstrip()) for x in lines if x.strip())
    if len(lengths) < 3 or lengths[-1] > 110:
        return 0
    longest = lengths[-1]
    wrapped = any(
        len(a.rstrip()) > 0.75 * longest and b.strip() and not mark_of(b)[0] and b.strip()[0].islower()
        for a, b in pairwise(lines)
    )
    full = sum(n > 0.82 * longest for n in lengths)
    return longest if wrapped or full >= 4 else 0


def line_blocks(lines: Iterable[str], *, markdown: bool = False) -> list[Block]:
    """Find paragraphs, headings, bullets and pipe tables in plain lines; wrapped lines are joined."""
    lines = [x.expandtabs(4).rstrip() for x in lines]
    width = _width(lines)
    out: list[Block] = []
    previous, indent = "", 0
    for raw in lines:
        if not raw.strip() or _RULE.match(raw):
            if out and _RULE.match(raw) and set(raw.strip()) <= {"=", "-"} and previous and out[-1].kind == "paragraph":
                out[-1].kind, out[-1].level = "heading", 1 if "=" in raw else 2
            previous = ""
            continue
        block = _line_block(raw, markdown=markdown)
        here = len(raw) - len(raw.lstrip())
        if block.kind == "table":
            if out and out[-1].kind == "table" and previous:
                out[-1].rows += block.rows
            elif block.rows:
                out.append(block)
        elif previous and block.kind == "paragraph" and _continues(out[-1], raw, previous, (here, indent), width):
            out[-1].text = join_wrapped(out[-1].text, block.text)
            previous = raw
            continue
        else:
            out.append(block)
            indent = here
        previous = raw
    return [b for b in out if b.text or b.rows]


def _continues(block: Block, raw: str, previous: str, indents: tuple[int, int], width: int) -> bool:
    if block.kind not in ("bullet", "paragraph") or (block.numbered and block.text.endswith("?")):
        return False
    here, indent = indents
    if block.kind == "bullet" and here > indent:
        return True
    return _wraps(previous, raw, width) and mark_of(raw)[0] == "" and not re.match(r"\s*\w[\w ]{0,30}:\s*$", raw)


def _line_block(raw: str, *, markdown: bool) -> Block:
    text = raw.strip()
    level = (len(raw) - len(raw.lstrip())) // 2
    hashed = _HASH.match(text)
    if markdown and hashed:
        return Block("heading", _unmark(hashed[2], markdown=True).strip(), len(hashed[1]) - 1)
    if markdown and text.startswith("|") and text.endswith("|") and text.count("|") > 1:
        cells = [_unmark(c.replace("<br>", "\n"), markdown=True).strip() for c in re.split(r"(?<!\\)\|", text[1:-1])]
        return Block("table", rows=[] if all(re.fullmatch(r":?-{2,}:?|", c) for c in cells) else [cells])
    if markdown and text.startswith(">"):
        text = text.lstrip("> ").strip()
    mark, words = mark_of(text)
    plain = _unmark(words, markdown=markdown).strip()
    whole = re.fullmatch(r"(\*\*|__)(.+)\1", words.strip()) if markdown else None
    italic = bool(markdown and re.fullmatch(r"(?<!\*)([*_])(?!\1).+(?<!\1)\1", words.strip()))
    tag = re.match(r"(?:\*\*|__)([^*_]{1,40})(?:\*\*|__)\s*\S", words) if markdown and not whole else None
    label = tag[1].strip(" :") if tag else None
    if mark == "bullet":
        return Block("bullet", plain, level, label=label, italic=italic)
    bold = bool(whole and "**" not in whole[2])
    return Block("paragraph", plain, level, bold=bold, italic=italic, label=label, numbered=mark == "number")
