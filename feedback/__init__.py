"""Turn notes and transcripts of community listening sessions into the recurring needs a plan has to answer.

Every verb takes a value and returns the next; options are keyword-only; nothing prints.

    corpus = feedback.read("corpora/demo")
    audit = feedback.screen(corpus)
    codings = feedback.tag(audit.apply(), feedback.Codebook.load("corpora/demo/codebook.yaml"))
    needs = feedback.crosswalk(feedback.summarize(codings, by="audience"), "corpora/demo/plan.yaml")
    feedback.brief(needs).save("brief.html")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from feedback.archive import Archive
    from feedback.briefs import Brief, Verification, brief, verify
    from feedback.codebook import Code, Codebook, Coding, Codings
    from feedback.corpus import Corpus, Ref, Segment, Session, Speaker, Turn
    from feedback.errors import FeedbackError, LeakError
    from feedback.findings import Contrast, Quote, Theme, Themes, contrast, summarize
    from feedback.ingest import read
    from feedback.plan import Need, Needs, Plan, crosswalk
    from feedback.privacy import Audit, Finding, screen
    from feedback.project import Project
    from feedback.tagging import Review, Tagger, learn, review, tag
    from feedback.topics import Topics, discover

_HOME = {
    "Archive": "archive", "Audit": "privacy", "Brief": "briefs", "Code": "codebook", "Codebook": "codebook", "Coding": "codebook",
    "Codings": "codebook", "Contrast": "findings", "Corpus": "corpus", "FeedbackError": "errors",
    "Finding": "privacy", "LeakError": "errors", "Need": "plan", "Needs": "plan", "Plan": "plan",
    "Project": "project", "Quote": "findings", "Ref": "corpus", "Review": "tagging", "Segment": "corpus",
    "Session": "corpus", "Speaker": "corpus", "Tagger": "tagging", "Theme": "findings", "Themes": "findings",
    "Topics": "topics", "Turn": "corpus", "Verification": "briefs", "brief": "briefs", "contrast": "findings",
    "crosswalk": "plan", "discover": "topics", "learn": "tagging", "read": "ingest", "review": "tagging",
    "screen": "privacy", "summarize": "findings", "tag": "tagging", "verify": "briefs",
}  # fmt: skip

__all__ = [
    "Archive", "Audit", "Brief", "Code", "Codebook", "Coding", "Codings", "Contrast", "Corpus", "FeedbackError", "Finding",
    "LeakError", "Need", "Needs", "Plan", "Project", "Quote", "Ref", "Review", "Segment", "Session", "Speaker",
    "Tagger", "Theme", "Themes", "Topics", "Turn", "Verification", "brief", "contrast", "crosswalk", "discover",
    "learn", "read", "review", "screen", "summarize", "tag", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'feedback' has no attribute {name!r}")
    value = getattr(import_module(f"feedback.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
