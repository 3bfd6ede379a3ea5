"""Findings: themes counted by session, groups side by side, quotes."""

from feedback.findings._cells import band_of
from feedback.findings._contrast import Contrast, contrast
from feedback.findings._count import groups_in
from feedback.findings._quotes import Spread, pick, quote, spread
from feedback.findings._themes import Themes, summarize
from feedback.findings._types import Cell, Measures, Mention, Quote, Recurring, Settings, Theme

__all__ = [
    "Cell", "Contrast", "Measures", "Mention", "Quote", "Recurring", "Settings", "Spread", "Theme", "Themes", "band_of",
    "contrast", "groups_in",
    "pick", "quote", "spread", "summarize",
]  # fmt: skip
