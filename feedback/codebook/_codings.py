"""Codings: which code lies on which unit, who put it there, and on what evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from feedback.codebook._model import Codebook
from feedback.corpus import Corpus, Segment

if TYPE_CHECKING:
    import pandas as pd

CATEGORIES = ("need", "barrier", "asset", "recommendation", "experience", "other")
POLARITIES = ("need", "need_past", "rejected", "not_a_problem", "keep", "none")
ABOUTS = ("self", "child_or_relative", "client", "system_demand", "quoted_stigma", "hearsay", "none")
CODING_COLUMNS = (
    "ref", "session", "speaker", "role", "code", "tagger", "score", "evidence", "category", "polarity", "about",
)  # fmt: skip
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Coding:
    """One code on one unit.

    Attributes:
        ref: address of the unit. code: id of the code.
        tagger: who put it there, with a version: `rules@1`, `model@1`, `human:ab`, `topics@3f2a`.
        score: 0 to 1, calibrated where the tagger says so; 1.0 for people and rules.
        evidence: spans (code points in the unit's text, end exclusive) that made the tagger say so.
        category, polarity, about: the discourse of the clause the evidence stands in.
        why: a readable trace (rule, cue, seed, run), never more of the unit's words than the evidence.
    """

    ref: str
    code: str
    tagger: str
    score: float = 1.0
    evidence: tuple[Span, ...] = ()
    category: str = "other"
    polarity: str = "none"
    about: str = "none"
    why: str = ""

    @property
    def in_terms(self) -> bool:
        """Whether category, polarity and about are among those that a coding can have."""
        return self.category in CATEGORIES and self.polarity in POLARITIES and self.about in ABOUTS


@dataclass(frozen=True, slots=True)
class Discourse:
    """What a unit does, whatever it is about: one category, polarity and about for the unit as a whole."""

    category: str = "other"
    polarity: str = "none"
    about: str = "none"


@dataclass(frozen=True, slots=True)
class Codings:
    """Codings with the corpus and codebook they belong to, so that denominators cannot come from elsewhere.

    Attributes:
        values: the codings. corpus, codebook: what they were made on.
        discourse: category, polarity and about by ref, also for units without a code.
        unscreened: the reason given for passing the gate with open findings, or None.
    """

    values: tuple[Coding, ...]
    corpus: Corpus
    codebook: Codebook
    discourse: Mapping[str, Discourse] = field(default_factory=lambda: MappingProxyType({}))
    unscreened: str | None = None
    _account: dict[str, int] = field(init=False, default_factory=dict, repr=False, compare=False)  # filled when asked

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Coding]:
        return iter(self.values)

    def filter(self, keep: Callable[[Coding], bool]) -> Codings:
        """Return the codings that `keep` says yes to."""
        return replace(self, values=tuple(c for c in self.values if keep(c)))

    def by_ref(self) -> dict[str, list[Coding]]:
        """Group the codings by the unit they lie on."""
        out: dict[str, list[Coding]] = {}
        for c in self.values:
            out.setdefault(c.ref, []).append(c)
        return out

    def parts(self) -> Iterator[tuple[Iterable[Segment], Iterable[Coding]]]:
        """Yield participants' units in reading order with the codings on them: all at once, or, from an archive, by session."""
        of_session = getattr(self.values, "of_session", None)
        if of_session is None:
            yield self.corpus.segments(), self.values
            return
        for session in self.corpus:
            yield Corpus((session,)).segments(), of_session(session.id)

    def uncoded(self) -> tuple[Segment, ...]:
        """Participants' units that no code lies on, in reading order: look here first."""
        coded = {c.ref for c in self.values}
        return tuple(s for s in self.corpus.segments() if s.ref not in coded)

    def account(self) -> dict[str, int]:
        """Account for every unit: `units` = `coded` + `uncoded` + `process` + `others` + `withheld`.

        `others` are the facilitator's, note-taker's and headings' units (never counted); `withheld` are held by the gate.
        """
        if not self._account:
            self._account.update(self._counted())
        return dict(self._account)

    def _counted(self) -> dict[str, int]:
        found = dict.fromkeys(("units", "coded", "uncoded", "process", "others", "withheld"), 0)
        for segments, laid in self.parts():
            on = {c.ref for c in laid}
            for segment in segments:
                found["coded" if segment.ref in on else "uncoded"] += 1
        for turn in (t for session in self.corpus for t in session.turns):
            found["units"] += 1
            people = turn.role in ("participant", "interpreter")
            if turn.withheld or not (people and turn.voiced):
                found["withheld" if turn.withheld is not None else "process" if people else "others"] += 1
        return found

    def frame(self) -> pd.DataFrame:
        """One row a coding; columns `CODING_COLUMNS` and `why`. `evidence` holds (start, end) pairs."""
        import pandas as pd

        rows = []
        for c in self.values:
            s = self.corpus.resolve(c.ref)
            rows.append((
                c.ref, s.session.id, s.turn.speaker.label, s.turn.role, c.code, c.tagger, c.score, c.evidence,
                c.category, c.polarity, c.about, c.why,
            ))  # fmt: skip
        return pd.DataFrame(rows, columns=[*CODING_COLUMNS, "why"])

    def units(self) -> pd.DataFrame:
        """One row a participant's unit, coded or not: ref, session, codes (tuple), category, polarity, about."""
        import pandas as pd

        coded = self.by_ref()
        rows = []
        for s in self.corpus.segments():
            d = self.discourse.get(s.ref, Discourse())
            codes = tuple(sorted({c.code for c in coded.get(s.ref, ())}))
            rows.append((s.ref, s.session.id, codes, d.category, d.polarity, d.about))
        return pd.DataFrame(rows, columns=["ref", "session", "codes", "category", "polarity", "about"])

    def merged(self, others: Iterable[Coding]) -> Codings:
        """Return these codings and others, each (ref, code, tagger) once."""
        kept = {(c.ref, c.code, c.tagger): c for c in self.values}
        for c in others:
            kept[(c.ref, c.code, c.tagger)] = c
        return replace(self, values=tuple(sorted(kept.values(), key=lambda c: (_order(c.ref), c.code, c.tagger))))


def _order(ref: str) -> tuple[str, int]:
    session, _, index = ref.rpartition("#")
    return session, int(index)
