"""Taggers: what people said, under the codes it speaks of; rules, a person's example, and how well they agree."""

from __future__ import annotations

from feedback.tagging._check import Check, check
from feedback.tagging._discourse import Reader
from feedback.tagging._rules import RuleTagger
from feedback.tagging._tag import Tagger, tag

__all__ = ["Check", "Reader", "RuleTagger", "Tagger", "check", "tag"]
