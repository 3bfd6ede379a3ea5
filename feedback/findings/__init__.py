"""Findings: themes counted by session, groups side by side, quotes, rounds, targets, indicators, the session matrix."""

from feedback.findings._cells import band_of
from feedback.findings._contrast import Contrast, contrast
from feedback.findings._count import groups_in
from feedback.findings._indicators import Indicators
from feedback.findings._joined import joined_code, joined_id, told_by_parts
from feedback.findings._matrix import Line, Matrix, domain_of, matrix
from feedback.findings._next import Next, rising
from feedback.findings._presence import ASKED, HEARD, NOT_ASKED, OPEN, marks, presence
from feedback.findings._quotes import Spread, pick, quote, spread
from feedback.findings._releases import Released, changed_between, differences, heads_by, released
from feedback.findings._rounds import Frozen, Rounds, compare, freeze
from feedback.findings._tables import parse_table, read_table
from feedback.findings._targets import Coverage, Reach, Target, Targets, coverage, people_shown
from feedback.findings._themes import Themes, summarize
from feedback.findings._types import Cell, Measures, Mention, Quote, Recurring, Settings, Theme
from feedback.findings._versions import to_keep_back
from feedback.findings._voices import (
    Disagreement,
    disagreement,
    may_name,
    measured,
    open_theme,
    rest_shown,
    said_together,
)

__all__ = [
    "ASKED", "HEARD", "NOT_ASKED", "OPEN", "Cell", "Contrast", "Coverage", "Disagreement", "Frozen", "Indicators",
    "Line", "Matrix", "Measures", "Mention", "Next", "Quote", "Reach", "Recurring", "Released", "Rounds", "Settings",
    "Spread", "Target", "Targets", "Theme", "Themes", "band_of", "changed_between", "compare", "contrast",
    "coverage", "differences", "disagreement", "domain_of", "freeze", "groups_in", "heads_by",
    "joined_code", "joined_id", "marks", "matrix", "may_name", "measured", "open_theme", "parse_table", "people_shown",
    "pick", "presence", "quote", "read_table", "released", "rest_shown", "rising", "said_together", "spread", "summarize",
    "to_keep_back", "told_by_parts",
]  # fmt: skip
