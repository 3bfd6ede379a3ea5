"""crosswalk: recurring needs set against a plan, in both directions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.codebook import Code, Codebook
from feedback.errors import FeedbackError
from feedback.findings import Quote, Theme, Themes, band_of, groups_in, pick, rest_shown, summarize
from feedback.plan._beside import APPROVED, DECISIONS, REFUSED, Beside
from feedback.plan._joins import Join, in_force
from feedback.plan._plan import Area, Plan, Strategy, answering, check_codes, primary
from feedback.plan._wording import Lint, lint
from feedback.privacy import Count, may_show

if TYPE_CHECKING:
    import pandas as pd

NEED_COLUMNS = (
    "need", "statement", "codes", "sessions", "base", "audiences", "plan_area", "strategy", "status", "prompted",
    "unasked", "band", "recurring", "stands_without", "suppressed", "severity", "feasibility", "equity", "priority",
)  # fmt: skip
STRATEGY_COLUMNS = (
    "area", "area_name", "strategy", "action", "name", "lead", "status", "needs", "less_often", "asked_for",
)  # fmt: skip
PLURAL = {"youth": "youth", "family": "families", "stakeholder": "stakeholders"}
GAP = "no strategy"
_RANK = ("stopped", "proposed", "planned", "under way", "done")


@dataclass(frozen=True, slots=True)
class Need:
    """One need in a plain sentence, with what stands behind it. Numbers that may not be shown are None.

    Attributes:
        id: the code's id; of a joined need all of them, `a+b`: what was signed for one code never stands for more.
        statement: a draft from a template in the codebook's words; a person edits and signs it.
        codes: what it is counted by, as far as somebody named it; several where a person joined them: `join` says who and why.
        sessions: sessions where it was heard as a need; base: where it could have been.
        prompted, unasked: of `sessions`, those where it was only said after a question on it, and the others.
        band: county-wide, in words. audiences: those in which it may be shown and was heard, with their bands.
        need, barrier, helps, asked_for: the four boxes, as refs. refusals: refs where people said no to it.
        quotes: may be printed. for_review: offered, but a person has to read and allow them first.
        area: id and name of the plan area (primary mapping), or None. strategies: those that answer it.
        status: of the furthest strategy, or "no strategy". recurring, stands_without: by the rule of the themes; the
            latter None where it may not be said, because a group is hidden.
        suppressed: its number is hidden. lint: wordings of the sentence, in any language, that the rules avoid.
        signed: who signed the sentence, and when; empty for a draft. others: the sentence in other languages.
    """

    id: str
    statement: str
    codes: tuple[str, ...]
    sessions: int | None
    base: int | None
    prompted: int | None
    unasked: int | None
    band: str
    audiences: tuple[tuple[str, str], ...]
    need: tuple[str, ...] = field(repr=False)
    barrier: tuple[str, ...] = field(repr=False)
    helps: tuple[str, ...] = field(repr=False)
    asked_for: tuple[str, ...] = field(repr=False)
    refusals: tuple[str, ...] = field(repr=False)
    quotes: tuple[Quote, ...] = field(repr=False)
    for_review: tuple[Quote, ...] = field(repr=False)
    area: tuple[str, str] | None
    strategies: tuple[Strategy, ...]
    status: str
    recurring: bool
    stands_without: bool | None
    suppressed: bool
    lint: tuple[Lint, ...] = ()
    signed: str = ""
    others: tuple[tuple[str, str], ...] = ()
    join: Join | None = None

    def said(self, language: str) -> str:
        """The sentence in a language; the English one where nobody wrote another."""
        return dict(self.others).get(language) or self.statement


@dataclass(frozen=True, slots=True)
class Needs:
    """Recurring needs in the order of the plan's areas (never ranked), and the appendix of those heard less often.

    Iterating gives the recurring ones; `needs["transportation"]` finds one in either part, also one it was joined into.
    """

    values: tuple[Need, ...]
    appendix: tuple[Need, ...]
    themes: Themes = field(repr=False)
    plan: Plan = field(repr=False)
    beside: Beside = field(repr=False, default=Beside())

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Need]:
        return iter(self.values)

    def __getitem__(self, need: str) -> Need:
        """The need with this id; raises FeedbackError."""
        every = (*self.values, *self.appendix)
        found = next((n for n in every if n.id == need), None) or next((n for n in every if need in n.codes), None)
        if found is not None:
            return found
        raise FeedbackError(f"there is no need {need!r}; there are: {', '.join(n.id for n in self.values) or 'none'}")

    @property
    def gaps(self) -> tuple[Need, ...]:
        """Recurring needs that no strategy of the plan answers."""
        return tuple(n for n in self.values if not n.strategies)

    @property
    def unasked_strategies(self) -> tuple[Strategy, ...]:
        """Strategies nobody asked for: none of what they serve was said as a need in any session."""
        said = _codes((*self.values, *self.appendix))
        return tuple(s for a, s in _all(self.plan) if not served(s, a, self) & said)

    @property
    def thin_strategies(self) -> tuple[Strategy, ...]:
        """Strategies that answer something said, but no recurring need."""
        often, said = _codes(self.values), _codes(self.appendix)
        return tuple(s for a, s in _all(self.plan) if (c := served(s, a, self)) & said and not c & often)

    def frame(self, *, appendix: bool = False) -> pd.DataFrame:
        """One row a recurring need (with `appendix=True` every need); columns `NEED_COLUMNS`.

        `codes` and `audiences` are tuples, `plan_area` is "P3 Elimination of gaps in services", `strategy` joins ids and
        names by "; ". Hidden numbers are NA. severity, feasibility, equity and priority hold what people decided, else
        nothing: no score is ever computed.
        """
        import pandas as pd

        rows = [
            (
                n.id, n.statement, n.codes, n.sessions, n.base, tuple(a for a, _ in n.audiences),
                " ".join(n.area) if n.area else "", "; ".join(f"{s.id} {s.name}" for s in n.strategies), n.status,
                n.prompted, n.unasked, n.band, n.recurring, n.stands_without, n.suppressed, *self._decided(n.id),
            )
            for n in (*self.values, *(self.appendix if appendix else ()))
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=list(NEED_COLUMNS))
        return frame.astype(dict.fromkeys(("sessions", "base", "prompted", "unasked"), "Int64"))

    def strategies(self) -> pd.DataFrame:
        """The other direction: one row a strategy or action; columns `STRATEGY_COLUMNS`.

        `needs` are the recurring needs it answers, `less_often` those said but not recurring, `asked_for` whether any was.
        """
        import pandas as pd

        often, said = _codes(self.values), _codes(self.appendix)
        rows: list[tuple[object, ...]] = []
        for area, s in _all(self.plan):
            codes = served(s, area, self)
            named = [tuple(sorted(n.id for n in part if codes & set(n.codes))) for part in (self.values, self.appendix)]
            more = (*named, bool(codes & (often | said)))
            rows.append((area.id, area.name, s.id, "", s.name, s.lead, s.status, *more))
            rows += [(area.id, area.name, s.id, a.id, a.name, a.lead, a.status, *more) for a in s.actions]
        return pd.DataFrame(rows, columns=list(STRATEGY_COLUMNS))

    def _decided(self, need: str) -> tuple[str, ...]:
        found = self.beside.decision(need)
        return tuple(getattr(found, c) if found else "" for c in DECISIONS)


def crosswalk(themes: Themes, plan: str | Path | Plan, *, beside: Beside | None = None) -> Needs:
    """Set the needs that were heard against a plan, and the plan against the needs.

    Only the primary mapping counts (the first entry of the code's map that the plan names). `beside` holds what people
    joined, signed, decided and brought. Raises PlanError.
    """
    chosen = plan if isinstance(plan, Plan) else Plan.load(plan)
    file = chosen.id if isinstance(plan, Plan) else Path(plan).name
    check_codes(chosen, codes=_entries(themes), file=file)
    by_audience = themes
    joined = tuple(j.codes for j in in_force(beside.joins, themes.codebook)) if beside else themes.joined
    if themes.by != "audience" or joined != themes.joined:
        by_audience = summarize(
            themes.codings, by="audience", rule=themes.rule, settings=themes.settings,
            unscreened=themes.unscreened, private=themes.private, joined=joined,
        )  # fmt: skip
    order = {a.id: i for i, a in enumerate(chosen.areas)}
    empty = Needs((), (), by_audience, chosen, beside or Beside())
    used: list[Quote] = []
    made = []
    heads = groups_in(by_audience.codings, "audience")
    for theme in sorted(by_audience, key=lambda t: order.get(primary(t.code, chosen) or "", len(order))):
        if any(m.standing == "need" for m in theme.mentions):
            need = _need(theme, empty, used, heads=heads)
            used += need.quotes
            made.append(need)
    return Needs(
        tuple(n for n in made if n.recurring), tuple(n for n in made if not n.recurring), by_audience, chosen, empty.beside
    )  # fmt: skip


def served(strategy: Strategy, area: Area, needs: Needs) -> frozenset[str]:
    """The codes that a strategy answers: by id, by an entry they map to first, or `*` for its area's."""
    return frozenset(c.id for c in needs.themes.codebook if answering(strategy, area, c, needs.plan))


def _codes(needs: Iterable[Need]) -> set[str]:
    return {c for n in needs for c in n.codes}


def _all(plan: Plan) -> list[tuple[Area, Strategy]]:
    return [(a, s) for a in plan.areas for s in a.strategies]


def _entries(themes: Themes) -> dict[str, tuple[str, ...]]:
    return {c.id: tuple(e for m in c.maps.values() for e in m) for c in themes.codebook}


def _need(
    theme: Theme, needs: Needs, used: list[Quote], *, heads: Mapping[str, Mapping[str, int | None]]
) -> Need:
    themes, plan = needs.themes, needs.plan
    strategies = tuple(s for a, s in _all(plan) if served(s, a, needs) & set(theme.voiced))
    key = primary(theme.code, plan)
    area = plan.area(key) if key else None
    cell = theme.all
    heard = tuple(
        (c.group, c.band) for c in theme.cells[1:] if not c.suppressed and _named(theme, c.group, heads, themes)
    )
    hidden = any(c.suppressed for c in theme.cells[1:])
    beside = needs.beside
    offered = _offered(theme.id, needs, used)
    text, signed, others = _sentence(theme, beside, tuple(g for g, _ in heard), whole=not hidden, book=themes.codebook)
    status = max((s.status for s in strategies), key=_RANK.index, default=GAP)
    return Need(
        theme.id, text, theme.voiced, cell.needs, cell.base if cell.needs is not None else None, cell.needs_prompted,
        cell.needs_unasked, cell.band if cell.needs in (None, cell.sessions) else band_of(cell.needs or 0, cell.base or 1), heard,
        theme.needs, theme.barriers, theme.assets, theme.recommendations, theme.refusals,
        tuple(q for q in offered if q.printable)[:3], tuple(q for q in offered if not q.printable)[:3],
        (area.id, area.name) if area else None, strategies, status, theme.recurring, _stands(theme, themes),
        cell.needs is None, tuple(x for said in (text, *dict(others).values()) for x in lint(said, themes.codebook)),
        signed, others, next((j for j in in_force(beside.joins, themes.codebook) if j.codes == theme.codes), None),
    )  # fmt: skip


def _stands(theme: Theme, themes: Themes) -> bool | None:
    return theme.stands_without if themes.private or rest_shown(themes, theme) else None


def _sentence(
    theme: Theme, beside: Beside, audiences: tuple[str, ...], *, whole: bool, book: Codebook
) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """The headline, who signed it, and the headline in other languages: signed ones before drafts."""
    code, more = book[theme.codes[0]], [book[c] for c in theme.codes[1:]]
    own = beside.statement(theme.id)
    text = own.text if own else statement_of(code, audiences, whole=whole) + _and(more, "en")
    others = {language: said + _and(more, language) for language, said in code.statements.items() if language != "en"}
    others |= {s.language: s.text for s in beside.statements if s.need == theme.id and s.language != "en"}
    return text, f"{own.by}, {own.on}" if own else "", tuple(sorted(others.items()))


def _offered(code: str, needs: Needs, used: list[Quote]) -> list[Quote]:
    """Quotes of a need: those a person approved first, never those a person refused."""
    beside, approved = needs.beside, needs.beside.refs(APPROVED)
    offered = pick(
        needs.themes, code, k=60 if approved else 8, used=used, reviewed=approved, never=beside.refs(REFUSED), on=beside.on,
        signatures=beside.signatures,
    )  # fmt: skip
    if beside.signed_only:
        offered = tuple(q for q in offered if q.ref in approved)
    return sorted(offered, key=lambda q: q.ref not in approved)


def _named(theme: Theme, group: str, heads: Mapping[str, Mapping[str, int | None]], themes: Themes) -> bool:
    """Whether it may be said that this audience named it as a need: the sessions where it did are a cell of their own."""
    inside = {m.session for m in theme.mentions if m.group == group and m.standing == "need"}
    there = heads.get(group, {})
    count = Count(tuple(there[s] for s in sorted(inside)), tuple(there[s] for s in there if s not in inside))
    return bool(inside) and (themes.private or may_show(count, themes.settings))


def statement_of(code: Code, audiences: tuple[str, ...], *, whole: bool = True) -> str:
    """Draft the headline sentence: the code's own statement, else its name and definition and who named it.

    `whole=False` where other audiences may not be shown: the sentence then claims nothing about them.
    """
    if code.statements.get("en"):
        return code.statements["en"]
    name = re.sub(r"\s*\([^)]*\)", "", code.report_as or code.name).split(" / ")[0].strip()
    said = code.definition.strip().rstrip(".")
    said = f"{name[:1].upper()}{name[1:]}" + (f": {said[:1].lower() + said[1:]}." if said else ".")
    who = _join([PLURAL.get(a, a) for a in audiences])
    if not who:
        return f"{said} Named as a need in the sessions."
    return (
        f"{said} Named as a need by {who}."
        if whole
        else f"{said} Named as a need in the sessions, by {who} among them."
    )


def _and(codes: list[Code], language: str) -> str:
    """What a joined need covers beside its leader: a draft for a person to write better."""
    names = [(c.report_as or c.name) if language == "en" else c.names.get(language, c.name) for c in codes]
    covers = {"en": "This also covers", "es": "También abarca"}.get(language, "+")
    return f" {covers}: {'; '.join(n[:1].lower() + n[1:] for n in names)}." if names else ""


def _join(words: list[str]) -> str:
    return "".join(words) if len(words) < 2 else ", ".join(words[:-1]) + (f" and {words[-1]}" if words else "")
