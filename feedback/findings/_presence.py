"""In which sessions a theme was heard, asked about and not taken up, could have been raised, or was not asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from feedback.errors import FeedbackError
from feedback.findings._count import groups_in
from feedback.findings._prompts import Guide
from feedback.findings._voices import may_name
from feedback.privacy import Count, may_show

if TYPE_CHECKING:
    from feedback.findings._themes import Themes

HEARD, ASKED, OPEN, NOT_ASKED = "heard", "asked, not taken up", "not raised", "not asked"


def presence(themes: Themes, codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Code -> session -> one of heard, asked (not taken up), not raised, not asked; sessions in corpus order.

    It names single sessions, so only themes whose sessions may be named (`may_name`) are laid out; raises FeedbackError.
    """
    codes = tuple(codes)
    hidden = [c for c in codes if not may_name(themes, themes[c])]
    if hidden:
        what = "something about these themes is hidden or could be counted, so their sessions are not named"
        raise FeedbackError(f"{what}: {', '.join(hidden)}")
    guide = Guide(themes.codebook)
    prompted = {s.id: guide.prompted(s) for s in themes.corpus}
    free = {s.id for s in themes.corpus if guide.open(s)}
    out: dict[str, dict[str, str]] = {}
    for code in codes:
        heard, parts = set(themes[code].sessions), set(themes[code].codes)
        out[code] = {
            s.id: HEARD if s.id in heard else ASKED if parts & prompted[s.id] else OPEN if s.id in free else NOT_ASKED
            for s in themes.corpus
        }
    return out


def marks(themes: Themes, code: str) -> dict[str, tuple[str, ...] | None]:
    """Group -> one mark a session, heard first: a picture of the group's figure that names no session.

    None where the group's figure is hidden. Sessions that did not name the theme are told apart (asked and not taken up, not
    raised) only where either part is none or enough to be shown; those not asked come last.
    """
    guide, out = Guide(themes.codebook), dict[str, tuple[str, ...] | None]()
    heads, cells = groups_in(themes.codings, themes.by), {c.group: c for c in themes[code].cells}
    for group in themes.groups:
        cell, here = cells[group], heads.get(group, {})
        if cell.sessions is None or cell.base is None:
            out[group] = None
            continue
        named = {m.session for m in themes[code].mentions if m.group == group}
        asked = {s for s in here if s not in named and code in guide.prompted(themes.corpus[s])}
        rest = cell.base - cell.sessions
        quiet = tuple(here[s] for s in sorted(asked))
        others = tuple(here[s] for s in here if s not in asked and s not in named and guide.open(themes.corpus[s]))
        split = len(quiet) + len(others) == rest and all(may_show(Count(x, ()), themes.settings) for x in (quiet, others))
        taken = len(quiet) if split else 0
        out[group] = (
            *(HEARD,) * cell.sessions, *(ASKED,) * taken, *(OPEN,) * (rest - taken), *(NOT_ASKED,) * (len(here) - cell.base)
        )  # fmt: skip
    return out
