"""What people add to the findings: signed sentences, decisions, signed quotes, answers, targets, and facts for the method page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from feedback.codebook import Codebook
from feedback.errors import Problem, TableError
from feedback.findings import Indicators, Rounds, Targets
from feedback.plan._joins import Join, day
from feedback.plan._wording import lint

LANGUAGES = ("en", "es")
DECISIONS = ("severity", "feasibility", "equity", "priority")
APPROVED, REFUSED = "approved", "refused"
Rows = list[tuple[int, dict[str, str]]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Statement:
    """A need's headline as a person wrote and signed it: in which language, by whom, on which day."""

    need: str
    language: str
    text: str
    by: str
    on: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided about a need, and why; the four columns hold what they wrote, in their own scale."""

    need: str
    severity: str = ""
    feasibility: str = ""
    equity: str = ""
    priority: str = ""
    by: str = ""
    on: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class SignedQuote:
    """What a person decided about one quote: `approved` or `refused`, and a translation with its translator."""

    ref: str
    need: str
    decision: str
    by: str
    on: str
    why: str = ""
    translation: str = ""
    translator: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to "did we get it right?" on one point: people who said yes, partly, no."""

    need: str
    yes: int = 0
    partly: int = 0
    no: int = 0


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything people add; an empty one changes nothing.

    Attributes:
        on: the day of printing (`YYYY-MM-DD`): permissions that ran out before it are respected.
        facts: what the method page cannot know from the sessions (`contact`, `next_steps`, COREQ and SRQR items by key).
        signatures: address of a quote -> how many people signed it, and whether the one quoted agreed (for codes that are
            sensitive or restricted).
        joins: which needs people counted as one, in the order they decided it.
        waiting: sessions that came in, are not through the privacy check, and are counted nowhere.
        kept_back: sessions that are not counted, since this version less one given out before would tell of too few people.
        signed_only: print no quote that nobody has approved. missed: how many people wrote what was missed.
    """

    statements: tuple[Statement, ...] = ()
    decisions: tuple[Decision, ...] = ()
    quotes: tuple[SignedQuote, ...] = ()
    answers: tuple[Answer, ...] = ()
    missed: int = 0
    targets: Targets | None = None
    indicators: tuple[Indicators, ...] = ()
    rounds: Rounds | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    on: str | None = None
    signed_only: bool = False
    signatures: Mapping[str, tuple[int, bool]] = field(default_factory=lambda: MappingProxyType({}))
    joins: tuple[Join, ...] = ()
    waiting: int = 0
    kept_back: int = 0

    def statement(self, need: str, language: str = "en") -> Statement | None:
        """The signed sentence of a need, or None; the last one signed holds."""
        found = [s for s in self.statements if s.need == need and s.language == language]
        return found[-1] if found else None

    def decision(self, need: str) -> Decision | None:
        """What was decided about a need, or None; the last one holds."""
        found = [d for d in self.decisions if d.need == need]
        return found[-1] if found else None

    def signed(self, ref: str) -> SignedQuote | None:
        """What was decided about a quote, or None; the last one holds."""
        found = [q for q in self.quotes if q.ref == ref]
        return found[-1] if found else None

    def refs(self, decision: str) -> frozenset[str]:
        """Addresses with this decision."""
        last = {q.ref: q.decision for q in self.quotes}
        return frozenset(ref for ref, d in last.items() if d == decision)


def statements_from(rows: Rows, *, codebook: Codebook, known: Collection[str], name: str) -> tuple[Statement, ...]:
    """Signed sentences from rows of need, language, statement, by, on; raises TableError with every problem.

    Rows without a signature (`by`) are drafts and pass over. The wording rules are held.
    """
    problems: list[Problem] = []
    out = []
    for line, row in rows:
        if not row.get("by"):
            continue
        where, text = f"row {line}", " ".join(row.get("statement", "").split())
        problem = _known(row, known) or _signed(row)
        found = lint(text, codebook)
        if not text:
            problem = "is signed but holds no sentence."
        elif row.get("language", "en") not in LANGUAGES:
            problem = "names a language other than en and es."
        elif found:
            problem = f"uses a wording the rules avoid; they prefer: {found[0].prefer}."
        if problem:
            problems.append(Problem(name, where, problem))
        else:
            out.append(Statement(row["need"], row.get("language") or "en", text, row["by"], row["on"]))
    return _all(out, problems)


def decisions_from(rows: Rows, *, known: Collection[str], name: str) -> tuple[Decision, ...]:
    """Decisions from rows of need, severity, feasibility, equity, priority, by, on, why; blank rows pass over.

    Raises TableError where something is decided and nobody says who, when or why.
    """
    problems: list[Problem] = []
    out = []
    for line, row in rows:
        if not any(row.get(c) for c in DECISIONS):
            continue
        problem = _known(row, known) or _signed(row)
        if not row.get("by"):
            problem = "decides something, but nobody says who decided (by)."
        elif not row.get("why"):
            problem = "decides something, but nobody says why."
        if problem:
            problems.append(Problem(name, f"row {line}", problem))
        else:
            decided = {c: row.get(c, "") for c in DECISIONS}
            out.append(Decision(row["need"], **decided, by=row["by"], on=row["on"], why=row["why"]))
    return _all(out, problems)


def quotes_from(rows: Rows, *, offered: Mapping[str, str], name: str) -> tuple[SignedQuote, ...]:
    """Signed quotes from rows of ref, need, quote, decision, by, on, why, translation, translator.

    `offered` maps addresses to their words: a quote whose words were edited is a problem, never printed. Raises TableError.
    """
    problems: list[Problem] = []
    out = []
    for line, row in rows:
        decision = row.get("decision", "").casefold()
        if not decision:
            continue
        problem = _signed(row)
        if row.get("ref", "") not in offered:
            problem = "names an address that is no quote of this project."
        elif decision not in (APPROVED, REFUSED):
            problem = f"has a decision that is neither {APPROVED} nor {REFUSED}."
        elif row.get("quote", "") != offered[row["ref"]]:
            problem = "holds words that are not those at its address; quotes are never edited."
        elif not row.get("by"):
            problem = "is decided, but nobody signed it (by)."
        elif row.get("translation") and not row.get("translator"):
            problem = "has a translation without a translator."
        if problem:
            problems.append(Problem(name, f"row {line}", problem))
        else:
            out.append(SignedQuote(
                row["ref"], row.get("need", ""), decision, row["by"], row["on"], row.get("why", ""),
                row.get("translation", ""), row.get("translator", ""),
            ))  # fmt: skip
    return _all(out, problems)


def answers_from(rows: Rows, *, known: Collection[str], name: str) -> tuple[Answer, ...]:
    """Answers from rows of need, yes, partly, no; blank rows pass over. Raises TableError with every problem."""
    problems: list[Problem] = []
    found: dict[str, list[int]] = {}
    for line, row in rows:
        given = [row.get(c, "") for c in ("yes", "partly", "no")]
        if not any(given):
            continue
        problem = _known(row, known)
        if any(g and not g.isdigit() for g in given):
            problem = "has an answer that is not a whole number of people."
        if problem:
            problems.append(Problem(name, f"row {line}", problem))
            continue
        counts = found.setdefault(row["need"], [0, 0, 0])
        for i, g in enumerate(given):
            counts[i] += int(g or 0)
    return _all([Answer(need, *counts) for need, counts in found.items()], problems)


def _known(row: dict[str, str], known: Collection[str]) -> str:
    return "" if row.get("need") in known else "names a need that is not in this project."


def _signed(row: dict[str, str]) -> str:
    return "" if day(row.get("on", "")) else "needs the day it was signed (on) as YYYY-MM-DD."


def _all(values: list[T], problems: list[Problem]) -> tuple[T, ...]:
    if problems:
        raise TableError(problems)
    return tuple(values)
