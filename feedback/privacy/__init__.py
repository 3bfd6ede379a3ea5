"""The privacy gate: show that nobody can be recognised, or hold the unit."""

from __future__ import annotations

from feedback.privacy._audit import OUTCOMES, Audit, Decision, seal_of
from feedback.privacy._canaries import Canaries, canaries
from feedback.privacy._cells import Count, Settings, enough, may_show, people_behind, shows_column, sums_tell, unanimous
from feedback.privacy._disclosures import may_tell_of_harm
from feedback.privacy._everyday import Known, everyday, label_names
from feedback.privacy._keys import keep_replacements, project_key, read_replacements, replacements
from feedback.privacy._pieces import clear, gate_version, joined, look, order, without
from feedback.privacy._pseudonyms import Pseudonyms
from feedback.privacy._roster import Roster, nicknames, on_roster, read_roster
from feedback.privacy._screen import require_clear, screen
from feedback.privacy._typed import (
    HELD,
    STAFF,
    UNSIGNED,
    file_name,
    nobody_known,
    read_over,
    screen_typed,
    signer,
    unnamed,
)
from feedback.privacy._types import Finding, Group

__all__ = [
    "HELD",
    "OUTCOMES",
    "STAFF",
    "UNSIGNED",
    "Audit",
    "Canaries",
    "Count",
    "Decision",
    "Finding",
    "Group",
    "Known",
    "Pseudonyms",
    "Roster",
    "Settings",
    "canaries",
    "clear",
    "enough",
    "everyday",
    "file_name",
    "gate_version",
    "joined",
    "keep_replacements",
    "label_names",
    "look",
    "may_show",
    "may_tell_of_harm",
    "nicknames",
    "nobody_known",
    "on_roster",
    "order",
    "people_behind",
    "project_key",
    "read_over",
    "read_replacements",
    "read_roster",
    "replacements",
    "require_clear",
    "screen",
    "screen_typed",
    "seal_of",
    "shows_column",
    "signer",
    "sums_tell",
    "unanimous",
    "unnamed",
    "without",
]  # fmt: skip
