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
from feedback.plan._needs import Need, Needs, crosswalk, served
from feedback.plan._plan import Action, Area, Plan, Strategy
from feedback.plan._wording import Lint, lint

__all__ = [
    "APPROVED", "DECISIONS", "REFUSED", "Action", "Answer", "Area", "Beside", "Decision", "Lint", "Need", "Needs", "Plan",
    "SignedQuote", "Statement", "Strategy", "answers_from", "crosswalk", "decisions_from", "lint", "quotes_from", "served",
    "statements_from",
]  # fmt: skip
