"""Findings: themes counted by session and group, set side by side, with the quotes that show them."""

from feedback.findings._contrast import Contrast, contrast
from feedback.findings._quotes import Quote, paraphrases, pick
from feedback.findings._themes import Themes, summarize
from feedback.findings._types import Count, Evidence, Recurring, Theme

__all__ = [
    "Contrast", "Count", "Evidence", "Quote", "Recurring", "Theme", "Themes", "contrast", "paraphrases", "pick",
    "summarize",
]  # fmt: skip
