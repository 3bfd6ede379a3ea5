"""What the findings are made of: Recurring, Mention, Measures, Cell, Theme, Quote."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback.codebook import Code
from feedback.privacy import Settings

ALL = "all"
UNKNOWN = "not stated"
FRAME_COLUMNS = (
    "code", "group", "sessions", "base", "prompted", "unasked", "speakers", "low", "high", "suppressed",
    "name", "needs", "assets", "refusals", "own", "about_youth", "band",
)  # fmt: skip

__all__ = ["ALL", "FRAME_COLUMNS", "UNKNOWN", "Cell", "Measures", "Mention", "Quote", "Recurring", "Settings", "Theme"]


@dataclass(frozen=True, slots=True)
class Recurring:
    """The rule by which a need is called recurring; it prints itself in words.

    `sessions` sessions, and `audiences` audiences or `areas` planning areas, and (if `unasked`) at least one unasked
    mention or a mark that others agreed.

    >>> str(Recurring())
    'in at least 3 sessions and in at least 2 audiences or 2 areas, with at least one unasked mention or a mark of agreement'
    """

    sessions: int = 3
    audiences: int = 2
    areas: int = 2
    unasked: bool = True

    def __str__(self) -> str:
        spread = f"in at least {self.audiences} audiences or {self.areas} areas"
        text = f"in at least {self.sessions} sessions and {spread}"
        return text + (", with at least one unasked mention or a mark of agreement" if self.unasked else "")


@dataclass(frozen=True, slots=True)
class Mention:
    """One code on one participant's unit, after the rules of counting; several taggers' codings make one mention.

    Attributes:
        ref, session, code: where and what. groups: the group(s) it counts in. audience, area: of the unit.
        standing: need, asset, refusal, not_a_problem, reported (a demand, slur or rumour of others), talk.
        category: need, barrier, asset, recommendation, experience or other.
        prompted: True where it answers a question about the code; False where it came up unasked.
        own: False where adults speak about young people (`about` is a child, relative or client).
        speaker: label within the session, or None. agreement: others who agreed, people.
        interpreted: an interpreter's turn. repeated: one that says again what a participant said just before: the session
            counts, speakers, agreement and frequency do not.
        emphasis: the unit carries marks of emphasis. evidence: spans in the unit's text. score: of the coding, 0 to 1.
    """

    ref: str
    session: str
    code: str
    group: str
    audience: str | None
    area: int | None
    standing: str
    category: str
    prompted: bool
    own: bool = True
    speaker: str | None = None
    agreement: int = 0
    interpreted: bool = False
    repeated: bool = False
    emphasis: bool = False
    evidence: tuple[tuple[int, int], ...] = ()
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Measures:
    """Four measures, kept apart: units, people, sessions, units with marks of emphasis.

    `frequency` counts units (interpreters' repeats left out), `extensiveness` distinct known speakers, `agreement`
    others who agreed, `breadth` sessions, `intensity` units with emphasis (exclamation marks, capitals, "!!", "***").
    """

    frequency: int = 0
    extensiveness: int = 0
    agreement: int = 0
    breadth: int = 0
    intensity: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of `themes.frame()`: a code in a group, as it may be shown. Hidden numbers are None.

    Attributes:
        sessions: sessions it was heard in (refusals, what others demanded, slurs and rumours left out).
        base: sessions where it could have come up. unasked: of `sessions`, those where it came up unasked at least once;
            prompted: the others, where it was only heard after a question on it.
        needs_prompted, needs_unasked: the same, of the sessions where it was heard as a need.
        speakers: distinct known speakers. low, high: Wilson 95% bounds of sessions/base, as shares of 1.
        needs, assets, refusals: sessions where it was heard as such. own, about_youth: sessions where people spoke of
            themselves; where adults spoke about young people. suppressed: True where numbers are hidden.
        band: none, in one session, few, some, many, most; `hidden`; `most or all` (unanimity on sensitive codes).
    """

    code: str
    group: str
    sessions: int | None
    base: int | None
    prompted: int | None
    unasked: int | None
    speakers: int | None
    low: float | None
    high: float | None
    suppressed: bool
    name: str = ""
    needs: int | None = None
    assets: int | None = None
    refusals: int | None = None
    own: int | None = None
    about_youth: int | None = None
    band: str = ""
    needs_prompted: int | None = None
    needs_unasked: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words as they were said: `text` is exactly what stands at `ref` (with its span).

    Attributes:
        label: who speaks, as wide as the people check asks ("youth, SPA 6", "youth", "a participant").
        reason: why it was offered. paraphrase: True where a note-taker wrote it: never to be printed as a quotation.
        status: ok, or `needs review` where the session's consent says so and nobody has reviewed it.
    """

    ref: str
    text: str
    label: str
    language: str | None
    reason: str = ""
    paraphrase: bool = False
    status: str = "ok"

    @property
    def printable(self) -> bool:
        """Whether it may stand in a brief as a quotation."""
        return self.status == "ok" and not self.paraphrase


@dataclass(frozen=True, slots=True)
class Theme:
    """One code over the whole corpus, for the person who works on it: holds addresses and unsuppressed sessions.

    Print its `cells` (suppressed), not its lists. `needs`, `barriers`, `assets`, `recommendations`, `experiences`,
    `refusals`, `not_a_problem`, `reported` are refs in reading order.

    Attributes:
        cells: the rows of the frame, "all" first. together: codes that lie on the same units, with sessions, most first.
        stands_without: the rule still holds when the session with most mentions is left out.
        recurring: the rule holds. measures: of the corpus as a whole. codes: what it is counted by; several where a person
            joined them. quotable: sessions that may all be known to have named it, and the others stay unknown.
    """

    code: Code
    cells: tuple[Cell, ...]
    measures: Measures = field(repr=False)
    mentions: tuple[Mention, ...] = field(repr=False, default=())
    sessions: tuple[str, ...] = field(repr=False, default=())
    recurring: bool = False
    stands_without: bool = field(repr=False, default=False)
    loudest: str | None = field(repr=False, default=None)
    together: tuple[tuple[str, int], ...] = field(repr=False, default=())
    codes: tuple[str, ...] = ()
    quotable: frozenset[str] = field(repr=False, default=frozenset())

    def refs(self, standing: str | None = None, category: str | None = None) -> tuple[str, ...]:
        """Return the addresses of mentions of this standing and category."""
        return tuple(dict.fromkeys(
            m.ref for m in self.mentions
            if standing in (None, m.standing) and category in (None, m.category) and not m.repeated
        ))  # fmt: skip

    @property
    def voiced(self) -> tuple[str, ...]:
        """Those of its codes that somebody named as a need."""
        named = {m.code for m in self.mentions if m.standing == "need"}
        return tuple(c for c in self.codes if c in named)

    @property
    def id(self) -> str:
        """The code's id."""
        return self.code.id

    @property
    def needs(self) -> tuple[str, ...]:
        """Units that say what is needed."""
        return self.refs("need", "need")

    @property
    def barriers(self) -> tuple[str, ...]:
        """Units that say what stands in the way."""
        return self.refs("need", "barrier")

    @property
    def recommendations(self) -> tuple[str, ...]:
        """Units that say what people ask for."""
        return self.refs("need", "recommendation")

    @property
    def assets(self) -> tuple[str, ...]:
        """Units that say what helps and should stay."""
        return self.refs("asset")

    @property
    def experiences(self) -> tuple[str, ...]:
        """Units that tell what happened."""
        return self.refs(None, "experience")

    @property
    def refusals(self) -> tuple[str, ...]:
        """Units that say no to it: findings of their own, never needs."""
        return self.refs("refusal")

    @property
    def not_a_problem(self) -> tuple[str, ...]:
        """Units that say it is no problem here."""
        return self.refs("not_a_problem")

    @property
    def reported(self) -> tuple[str, ...]:
        """Units that report what others demand, call people, or say happened."""
        return self.refs("reported")

    @property
    def all(self) -> Cell:
        """The county-wide cell."""
        return self.cells[0]
