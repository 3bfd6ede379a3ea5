"""Coders side by side: where two differ, how far they agree, and what they settle on together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from feedback.codebook import Coding, Discourse
from feedback.errors import LeakError
from feedback.store import SETTLED, lay, settled
from feedback.web._ask import Ask
from feedback.web._coding import NAMES, looked_at, memos, steps_of, tagger_of, unit_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.web._desk import Desk

PAGE = 40
Laid = dict[str, dict[str, set[str]]]


def compare(ask: Ask, *, trouble: str = "") -> Response:
    """Show two coders side by side on the units both coded, where they differ; blind until one has coded a unit oneself."""
    person = ask.need("can_code")
    if ask.desk.store.document("codebook") is None:
        return ask.page("missing", missing=("codebook",))
    codings, mine, by = ask.desk.view.codings, tagger_of(person.login), laid(ask.desk)
    people = sorted(t for t in by if t.startswith("human:"))
    names = [*people, *sorted(t for t in by if not t.startswith("human:"))]
    pairs = [(a, b) for a, b in combinations(names, 2) if a in people]
    wanted = (ask.query("a") or ask.field("a"), ask.query("b") or ask.field("b"))
    a, b = wanted if wanted in pairs else next(((a, b) for a, b in pairs if mine in (a, b)), pairs[0] if pairs else ("", ""))
    open_ = looked_at(ask.desk, mine) if mine in people else None
    uncleared = ask.desk.uncleared
    there = {s.ref: s for s in codings.corpus.segments() if s.session.id not in uncleared}
    both = [r for r in there if r in by.get(a, {}) and r in by.get(b, {}) and (open_ is None or r in open_)]
    hidden = sum(r in by.get(b, {}) for r in by.get(a, {})) - len(both)
    done = {r: s for r, s in settled(ask.desk.events()).items() if r in both}
    agreed = {r: {c.code for c in codings if c.ref == r and c.tagger == SETTLED} for r in done}
    apart = [(there[r], by[a][r], by[b][r], done.get(r), agreed.get(r, set())) for r in both if by[a][r] != by[b][r]]
    first = int(ask.query("from")) if ask.query("from").isascii() and ask.query("from").isdigit() else 0
    codes = _per_code(by, a, b, both)
    after = {x: {r: agreed.get(r, by[x][r]) for r in both} for x in (a, b) if both}
    return ask.page(
        "compare", status=400 if trouble else 200, trouble=trouble, at="", why=reasons(ask.desk),
        a=a, b=b, pairs=pairs, book=codings.codebook, both=len(both), hidden=max(0, hidden), first=first,
        apart=apart[first : first + PAGE], total=len(apart), page=PAGE, codes=codes[:20], left=sum(x[3] is None for x in apart),
        mine=mine in people, before=agreement(codes, len(both) * len(codes)),
        after=agreement(_per_code(after, a, b, both), len(both) * len(codes)),
        settling=b.startswith("human:"),
    )  # fmt: skip


def settle(ask: Ask) -> Response:
    """Keep what people agreed on for a unit that two of them have coded, under the name of who writes it down."""
    person = ask.need("can_code")
    desk, unit, by = ask.desk, unit_of(ask), laid(ask.desk)
    here = {t for t, laid_ in by.items() if t.startswith("human:") and unit.ref in laid_}
    if len(here) < 2 or (tagger_of(person.login) in by and tagger_of(person.login) not in here):
        raise HTTPException(403)
    codings = desk.view.codings
    had = {c.code for c in codings if c.ref == unit.ref and c.tagger == SETTLED}
    wanted = {c for c in (*ask.fields("codes"), ask.field("also")) if c in codings.codebook}
    d = codings.discourse.get(unit.ref, Discourse())
    new = [Coding(unit.ref, c, SETTLED, category=d.category, polarity=d.polarity, about=d.about) for c in sorted(wanted - had)]
    before, reopen = settled(desk.events()).get(unit.ref), ask.field("what") == "reopen"
    if why := ask.field("why", most=500):
        try:
            desk.verb(person, "note", why, ref=unit.ref, by=SETTLED)
        except LeakError:
            return compare(ask, trouble=ask.t(NAMES))
    with desk.lock:
        if reopen and before is not None:
            lay(desk.books(person), unit.ref, on=[], off=had, tagger=SETTLED, undoes=before.event)
        elif not reopen:
            lay(desk.books(person), unit.ref, on=new, off=had - wanted, tagger=SETTLED)
    answer = ask.go("/code/compare", said="reopened" if reopen else "settled", a=ask.field("a"), b=ask.field("b"))
    answer.headers["location"] += f"#u{ask.field('place')}"
    return answer


def reasons(desk: Desk) -> dict[str, str]:
    """Unit -> the reason last given for what was settled on."""
    return {ref: text for text, ref, who in memos(desk) if who == SETTLED}


def laid(desk: Desk) -> Laid:
    """Coder -> unit -> codes, without what was settled; a unit looked at and left without a code is there, too."""
    by: Laid = {}
    for c in desk.view.codings:
        by.setdefault(c.tagger, {}).setdefault(c.ref, set()).add(c.code)
    for s in steps_of(desk):
        by.setdefault(s.tagger, {}).setdefault(s.ref, set())
    by.pop(SETTLED, None)
    return by


def agreement(codes: list[tuple[str, int, int, int]], n: int) -> dict[str, float] | None:
    """Percent agreement and Cohen's kappa over `n` answers, one a unit and code that either laid; None where there are none.

    >>> agreement([("a", 2, 1, 1)], 10)
    {'share': 0.8, 'kappa': 0.524}
    """
    if not n:
        return None
    both, first, second = sum(c[1] for c in codes), sum(c[2] for c in codes), sum(c[3] for c in codes)
    share = 1 - (first + second) / n
    p, q = (both + first) / n, (both + second) / n
    chance = p * q + (1 - p) * (1 - q)
    return {"share": round(share, 3), "kappa": round((share - chance) / (1 - chance), 3) if chance < 1 else 1.0}


def _per_code(by: Laid, a: str, b: str, both: list[str]) -> list[tuple[str, int, int, int]]:
    """(code, both laid it, only the first, only the second), the most disputed first."""
    found: dict[str, list[int]] = {}
    for r in both:
        for c in by[a][r] | by[b][r]:
            place = 0 if c in by[a][r] & by[b][r] else 1 if c in by[a][r] else 2
            found.setdefault(c, [0, 0, 0])[place] += 1
    rows = [(c, n[0], n[1], n[2]) for c, n in found.items()]
    return sorted(rows, key=lambda row: (-row[2] - row[3], row[0]))
