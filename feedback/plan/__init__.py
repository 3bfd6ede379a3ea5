"""Plans, the crosswalk between needs and strategies in both directions, and what people sign, decide and answer."""

from feedback.plan._beside import (
    APPROVED,
    DECISIONS,
    REFUSED,
    Answer,
    Beside,
    Decision,
    SignedQuote,
    Statement,
    answers_from,
    decisions_from,
    quotes_from,
    statements_from,
)
from feedback.plan._joins import RULE, Join, Proposal, check_join, in_force, joins_from, proposals_frame, propose
from feedback.plan._needs import Need, Needs, crosswalk, served
from feedback.plan._plan import Action, Area, Plan, Strategy
from feedback.plan._wording import Lint, lint

__all__ = [
    "APPROVED", "DECISIONS", "REFUSED", "RULE", "Action", "Answer", "Area", "Beside", "Decision", "Join", "Lint", "Need", "Needs",
    "Plan", "Proposal", "SignedQuote", "Statement", "Strategy", "answers_from", "check_join", "crosswalk", "decisions_from",
    "in_force", "joins_from", "lint", "proposals_frame", "propose", "quotes_from", "served", "statements_from",
]  # fmt: skip
