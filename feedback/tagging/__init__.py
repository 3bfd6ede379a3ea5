"""Taggers: what people said, under the codes it speaks of; rules, a person's example, and how well they agree."""

from __future__ import annotations

from feedback.tagging._check import Check, check
from feedback.tagging._discourse import Reader
from feedback.tagging._hearing import HearingTagger
from feedback.tagging._learn import LearnedTagger, learn
from feedback.tagging._local_model import LocalModelTagger
from feedback.tagging._preview import preview
from feedback.tagging._propose import Proposal, propose, reliability
from feedback.tagging._review import Review, alpha, kappa, percent_agreement, review
from feedback.tagging._rules import RuleTagger
from feedback.tagging._sample import BlindSample, Judgement, blind_sample, judge
from feedback.tagging._tag import Part, Tagger, part_of, tag, tagger_version
from feedback.tagging._themes import ThemeClassifier

__all__ = [
    "BlindSample", "Check", "HearingTagger", "Judgement", "LearnedTagger", "LocalModelTagger", "Part", "Proposal", "Reader",
    "Review", "RuleTagger", "Tagger", "ThemeClassifier", "alpha", "blind_sample", "check", "judge", "kappa", "learn",
    "part_of", "percent_agreement", "preview", "propose", "reliability", "review", "tag", "tagger_version",
]  # fmt: skip
