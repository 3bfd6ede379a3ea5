"""The privacy gate: show that nobody can be recognised, or hold the unit."""

from __future__ import annotations

from feedback.privacy._audit import OUTCOMES, Audit, Decision
from feedback.privacy._canaries import Canaries, canaries
from feedback.privacy._cells import Count, Settings, hide, may_show, people_behind, shows_column, unanimous
from feedback.privacy._keys import project_key, read_replacements, replacements
from feedback.privacy._screen import require_clear, screen
from feedback.privacy._types import Finding, Group

__all__ = [
    "OUTCOMES",
    "Audit",
    "Canaries",
    "Count",
    "Decision",
    "Finding",
    "Group",
    "Settings",
    "canaries",
    "hide",
    "may_show",
    "people_behind",
    "project_key",
    "read_replacements",
    "replacements",
    "require_clear",
    "screen",
    "shows_column",
    "unanimous",
]  # fmt: skip
