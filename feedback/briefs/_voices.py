"""What helps and what people said no to: one line a theme, most sessions first, the rest by name."""

from __future__ import annotations

from collections.abc import Iterator

import feedback.briefs._parts as parts
from feedback.briefs import _pages
from feedback.briefs._claims import Ledger
from feedback.briefs._page import Block, Bullets, Inline, Paragraph, Run
from feedback.plan import Needs

VOICED = 8
STANDINGS = {"assets": "asset", "refusals": "refusal"}


def voiced(needs: Needs, ledger: Ledger, name: str, *, most: int = VOICED) -> Iterator[Block]:
    """Codes with one line each: those with words to print, most sessions first; the rest by name."""
    found: dict[str, tuple[str, ...]] = getattr(needs.themes, name)
    spoken: list[tuple[tuple[object, ...], Inline]] = []
    unspoken: list[str] = []
    taken: set[str] = set()
    for code in found:
        value = getattr(needs.themes[code].cells[0], name)
        lines = parts.lines(needs, code, found[code], taken=taken, k=1, standing=STANDINGS[name])
        if not lines or len(spoken) >= most * 2:
            unspoken += [needs.themes[code].code.name] if value is not None else []
            continue
        taken.add(lines[0].ref.split(":")[0])
        count: tuple[Run, ...] = (": in ", ledger.number(f"theme:{code}|all|{name}"), " sessions") if value else ()
        row: Inline = (needs.themes[code].code.name, *count, ". ", *_pages.line(lines[0], ledger))
        spoken.append(((value is None, -(value or 0), code), row))
    if not spoken and not unspoken:
        yield Paragraph(("Nothing was recorded that may be shown.",))
        return
    spoken.sort(key=lambda x: x[0])
    yield Bullets(tuple(row for _, row in spoken[:most]))
    unspoken += [str(row[0]) for _, row in spoken[most:]]
    if unspoken:
        said = "Something on these topics was refused as well" if name == "refusals" else "Also named"
        yield Paragraph((f"{said}, without words here: {'; '.join(sorted(unspoken))}.",), "note")
