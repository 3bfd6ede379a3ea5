"""Plans, and the crosswalk between needs and strategies in both directions."""

from feedback.plan._needs import Need, Needs, crosswalk
from feedback.plan._plan import Action, Area, Plan, Strategy
from feedback.plan._wording import Lint, lint

__all__ = ["Action", "Area", "Lint", "Need", "Needs", "Plan", "Strategy", "crosswalk", "lint"]
