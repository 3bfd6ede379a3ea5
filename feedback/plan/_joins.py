"""Needs that are one need: proposed by a rule, joined and parted by a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from feedback.codebook import Code, Codebook
from feedback.errors import FeedbackError, Problem, TableError
from feedback.findings import Theme, Themes, joined_code, told_by_parts
from feedback.plan._plan import Plan, Strategy, answering

if TYPE_CHECKING:
    import pandas as pd

MOST, TOGETHER, SHARE = 4, 3, 4
GROUP, STRATEGY, UNITS = "same group of the codebook", "answered by the same strategies", "said in one breath"
RULE = (
    "Two needs are proposed as one where at least two of three hold: they stand in the same group of the codebook, the same "
    f"strategies of the plan answer them, they are said in one breath (the same unit) in at least {TOGETHER} sessions and in a "
    "quarter of those of the rarer one. Never where they are not equally sensitive, or where young people say the one of "
    f"themselves and only adults say the other about them. In a proposal every two hold by this rule; at most {MOST} are one."
)
PROPOSAL_COLUMNS = ("codes", "names", "reasons")


@dataclass(frozen=True, slots=True)
class Join:
    """What a person decided: these codes are one need, the first leads; a single code stands by itself again."""

    codes: tuple[str, ...]
    by: str
    on: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Codes that could be one need, the most widely heard first, and why each is proposed."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    reasons: tuple[str, ...]


def in_force(joins: Iterable[Join], book: Codebook) -> tuple[Join, ...]:
    """The joins that hold now: a later one takes its codes out of earlier ones; codes no longer in use fall out."""
    live = {c.id for c in book if c.status != "retired"}
    held: list[Join] = []
    for join in joins:
        taken = set(join.codes)
        held = [Join(tuple(c for c in h.codes if c not in taken), h.by, h.on, h.why) for h in held]
        held = [h for h in [*held, join] if len(h.codes) > 1]
    kept = [Join(tuple(c for c in h.codes if c in live), h.by, h.on, h.why) for h in held]
    fit = [h for h in kept if len(h.codes) > 1 and len({book[c].sensitivity for c in h.codes}) == 1]
    return tuple(sorted(fit, key=lambda h: h.codes))


def propose(themes: Themes, plan: Plan) -> tuple[Proposal, ...]:
    """Propose which recurring needs could be one, by `RULE`; nothing is joined. Needs already joined stay as they are.

    The closest two come first; a need joins a proposal only where it belongs with every one in it.
    """
    often = [t for t in themes if t.recurring and len(t.codes) == 1]
    near: dict[frozenset[str], tuple[str, ...]] = {}
    close: dict[frozenset[str], int] = {}
    for a, b in combinations(often, 2):
        why, rooms = _reasons(a, b, plan)
        if len(why) > 1 and _alike(themes, a, b):
            near[frozenset((a.id, b.id))], close[frozenset((a.id, b.id))] = why, rooms
    sets: list[set[str]] = []
    order = {t.id: i for i, t in enumerate(often)}
    for pair in sorted(near, key=lambda p: (-len(near[p]), -close[p], sorted(order[x] for x in p))):
        parts = [s for s in sets if s & pair]
        whole = set(pair).union(*parts)
        fits = len(whole) <= MOST and all(frozenset(two) in near for two in combinations(whole, 2))
        if fits:
            sets = [s for s in sets if not s & pair] + [whole]
    out = []
    for s in sets:
        codes = sorted(s, key=lambda c: (-(themes[c].all.needs or 0), order[c]))
        found = {r for two in combinations(s, 2) for r in near[frozenset(two)]}
        out.append(Proposal(
            tuple(codes), tuple(themes[c].code.report_as or themes[c].code.name for c in codes),
            tuple(r for r in (GROUP, STRATEGY, UNITS) if r in found),
        ))  # fmt: skip
    return tuple(sorted(out, key=lambda p: min(order[c] for c in p.codes)))


def proposals_frame(proposals: Iterable[Proposal]) -> pd.DataFrame:
    """One row a proposal; columns `PROPOSAL_COLUMNS`."""
    import pandas as pd

    return pd.DataFrame([(p.codes, p.names, p.reasons) for p in proposals], columns=list(PROPOSAL_COLUMNS))


def check_join(themes: Themes, codes: Collection[str]) -> None:
    """Raise FeedbackError where these may not be one need.

    They may not where one is unknown, where they are not equally sensitive or not of the same voices, and where the figure of
    all of them would tell that of one too small to be shown.

    `themes` are counted code by code or with earlier joins.
    """
    joined_code(themes.codebook, tuple(codes))
    alone = set(themes.only_adults_about_youth)
    found = {themes.having(c).id for c in codes}
    own = {t for t in found if any(m.audience == "youth" and m.standing == "need" for m in themes[t].mentions)}
    if own and found & alone:
        raise FeedbackError(
            f"{', '.join(sorted(found & alone))}: said by adults about young people only, while young people speak for "
            f"themselves of {', '.join(sorted(own))}; the two are never counted as one"
        )
    parts = {t: frozenset(themes[t].sessions) for t in found}
    hidden = frozenset(t for t in found if themes[t].all.suppressed)
    heads = {s.id: s.participants for s in themes.corpus}
    if not themes.private and told_by_parts(frozenset[str]().union(*parts.values()), parts, hidden, heads, themes.settings):
        raise FeedbackError(
            f"{', '.join(sorted(hidden))}: said in too few sessions to be counted in public; counted with "
            f"{', '.join(sorted(found - hidden))}, the figure of both less that one would tell in how many. Leave it apart"
        )


def joins_from(
    rows: list[tuple[int, dict[str, str]]], *, themes: Themes, name: str
) -> tuple[Join, ...]:
    """Joins from rows of need, join with, by, on, why; rows without `join with` pass over. Raises TableError.

    `join with` names one need or several (by `;`), or `alone` to let a need stand by itself again.
    """
    problems, out = list[Problem](), list[Join]()
    for line, row in rows:
        given = [x.strip() for x in row.get("join with", "").replace(",", ";").split(";") if x.strip()]
        if not given:
            continue
        codes = tuple(dict.fromkeys(c for x in (row.get("need", ""), *given) if x != "alone" for c in x.split("+")))
        problem = ""
        if not row.get("by"):
            problem = "joins needs, but nobody signed it (by)."
        elif not day(row.get("on", "")):
            problem = "needs the day it was decided (on) as YYYY-MM-DD."
        elif any(c not in themes.codebook for c in codes):
            problem = "names a need that is not in this project."
        elif given == ["alone"]:
            out += [Join((c,), row["by"], row["on"], row.get("why", "")) for c in codes]
            continue
        elif not row.get("why"):
            problem = "joins needs, but nobody says why."
        else:
            try:
                check_join(themes, codes)
            except FeedbackError as err:
                problem = f"{err}."
        if problem:
            problems.append(Problem(name, f"row {line}", problem))
        else:
            out.append(Join(codes, row["by"], row["on"], row["why"]))
    if problems:
        raise TableError(problems)
    return tuple(out)


def day(text: str) -> bool:
    """Whether this is a day, `YYYY-MM-DD`."""
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit()


def _reasons(a: Theme, b: Theme, plan: Plan) -> tuple[tuple[str, ...], int]:
    """Why two needs could be one, and in how many sessions both were named on one unit."""
    mine = {m.ref: m.session for m in a.mentions if m.standing == "need"}
    others = {m.ref: m.session for m in b.mentions if m.standing == "need"}
    rooms = len({mine[r] for r in mine if r in others})
    rarer = min(len(set(mine.values())), len(set(others.values())))
    answers = {s.id for s in _named(a.code, plan)}
    out = []
    if a.code.parent and a.code.parent == b.code.parent:
        out.append(GROUP)
    if answers and answers == {s.id for s in _named(b.code, plan)}:
        out.append(STRATEGY)
    if rooms >= TOGETHER and SHARE * rooms >= rarer:
        out.append(UNITS)
    return tuple(out), rooms


def _named(code: Code, plan: Plan) -> list[Strategy]:
    return [s for a in plan.areas for s in a.strategies if answering(s, a, code, plan) and "*" not in s.serves]


def _alike(themes: Themes, a: Theme, b: Theme) -> bool:
    """Equally sensitive, and not young people's own words on one side and only adults' about them on the other."""
    if a.code.sensitivity != b.code.sensitivity:
        return False
    own = [any(m.audience == "youth" and m.standing == "need" for m in t.mentions) for t in (a, b)]
    about = [any(not m.own and m.standing == "need" for m in t.mentions) for t in (a, b)]
    return not ((own[0] and not own[1] and about[1]) or (own[1] and not own[0] and about[0]))
