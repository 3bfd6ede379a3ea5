"""Taggers: what people said, under the codes it speaks of; rules, a person's example, and how well they agree."""

from __future__ import annotations

from feedback.tagging._check import Check, check
from feedback.tagging._discourse import Reader
from feedback.tagging._learn import LearnedTagger, learn
from feedback.tagging._review import Review, alpha, kappa, percent_agreement, review
from feedback.tagging._rules import RuleTagger
from feedback.tagging._tag import Tagger, tag
from feedback.tagging._themes import ThemeClassifier

__all__ = [
    "Check", "LearnedTagger", "Reader", "Review", "RuleTagger", "Tagger", "ThemeClassifier", "alpha", "check", "kappa",
    "learn", "percent_agreement", "review", "tag",
]  # fmt: skip
