"""Briefs: needs printed so that every number and quote can be opened and checked again."""

from feedback.briefs._brief import Brief, brief
from feedback.briefs._stamp import stamp_of
from feedback.briefs._verify import Verification, verify

__all__ = ["Brief", "Verification", "brief", "stamp_of", "verify"]
