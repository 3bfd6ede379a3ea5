"""A page as Markdown, for pasting into a plan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.briefs._html import manifest, seal
from feedback.briefs._page import (
    Block,
    Boxes,
    Bullets,
    Figure,
    Inline,
    Page,
    Paragraph,
    Picture,
    QuoteBlock,
    Table,
    plain,
    quoted,
    sourced,
)
from feedback.briefs._words import UNTRANSLATED

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def render(page: Page) -> str:
    """Render a page; footnotes give what each number and quote stands on."""
    lines = [f"# {_safe(page.title)}", "", f"*{_safe(page.subtitle)}*", ""]
    for section in page.sections:
        lines += [f"{'#' * section.level} {_safe(section.heading)}", ""]
        for block in section.blocks:
            lines += [*_block(block), ""]
    lines += ["## Sources" if page.language == "en" else "## Fuentes", ""]
    lines += [f"[^{c.id}]: {_safe(plain(sourced(c, page.language)))}" for c in page.claims.values()]
    lines += ["", f"<!-- feedback-manifest {manifest(page).replace('--', chr(92) + 'u002d-')} -->"]
    return seal("\n".join(lines) + "\n")


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _inline(block.text)
    elif isinstance(block, Bullets):
        for number, line in enumerate(block.items, start=1):
            yield f"{f'{number}.' if block.ordered else '-'} {_inline(line)}"
    elif isinstance(block, QuoteBlock):
        yield f"> {_safe(quoted(block.text))}  "
        if block.translation:
            yield f"> *{_safe(block.translation)}* ({_safe(block.translator)})  "
        elif block.slot:
            yield f"> *{UNTRANSLATED['en']}*  "
        yield f"> {_safe(block.label)} · {_safe(block.ref)}[^{block.claim}]"
    elif isinstance(block, Boxes):
        for title, lines in block.boxes:
            yield f"**{_safe(title)}**"
            yield ""
            yield from (f"- {_inline(line)}" for line in lines)
            yield ""
    elif isinstance(block, Picture):
        yield f"*{_safe(block.caption)}*"
        yield ""
        yield _safe(block.scene.alt)
    elif isinstance(block, Table):
        yield f"*{_safe(block.caption)}*"
        yield ""
        yield "| " + " | ".join(_safe(h) for h in block.head) + " |"
        yield "|" + " --- |" * len(block.head)
        yield from ("| " + " | ".join(_inline(c) for c in row) + " |" for row in block.rows)
        if block.note:
            yield ""
            yield _safe(block.note)


def _inline(text: Inline) -> str:
    out = []
    for run in text:
        if isinstance(run, str):
            out.append(_safe(run))
        elif isinstance(run, Figure):
            out.append(f"{_safe(run.text)}[^{run.claim}]")
        else:
            bold = type(run).__name__ == "Mark"
            words, bare = _safe(run.text), _safe(run.text.rstrip())  # bold that ends in a blank is no bold
            out.append(f"**{bare}**{words[len(bare):]}" if bold else words)
    return "".join(out)


def _safe(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
