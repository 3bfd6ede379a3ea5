"""In which sessions a theme was heard, asked about and not taken up, could have been raised, or was not asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from feedback.errors import FeedbackError
from feedback.findings._prompts import Guide
from feedback.findings._voices import open_theme

if TYPE_CHECKING:
    from feedback.findings._themes import Themes

HEARD, ASKED, OPEN, NOT_ASKED = "heard", "asked, not taken up", "not raised", "not asked"


def presence(themes: Themes, codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Code -> session -> one of heard, asked (not taken up), not raised, not asked; sessions in corpus order.

    It names single sessions, so only themes of which nothing is hidden (`open_theme`) are laid out; raises FeedbackError.
    """
    codes = tuple(codes)
    hidden = [c for c in codes if not (themes.private or open_theme(themes[c]))]
    if hidden:
        raise FeedbackError(f"something about these themes is hidden, so their sessions are not named: {', '.join(hidden)}")
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
