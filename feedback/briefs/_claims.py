"""Numbers and quotes with what they stand on: made while composing, counted again while verifying."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from feedback.briefs._page import Claim, Figure, Mark, in_sessions
from feedback.corpus import Ref
from feedback.errors import FeedbackError
from feedback.findings import Cell, Theme, coverage, disagreement, may_name, measured, people_shown, rising
from feedback.plan import Needs

NOT_LISTED = "The sessions behind this number are not listed here, so that a small group cannot be made out from them."
MEASURES = ("frequency", "extensiveness", "agreement", "breadth", "intensity")
HEARD = ("need", "asset", "talk")


class Ledger:
    """Collects the claims of one page; the same number about the same thing is one claim."""

    def __init__(self, needs: Needs) -> None:
        self.needs = needs
        self.claims: dict[str, Claim] = {}
        self._by_key: dict[str, str] = {}
        self._quotes = 0

    def number(self, key: str, *, text: str | None = None) -> Figure:
        """Count `key` and return it as a figure of the page."""
        value = recount(self.needs, key)
        if value is None:
            raise FeedbackError(f"{key} is suppressed and may not be printed")
        if key not in self._by_key:
            ident = f"n{len(self.claims) - self._quotes + 1}"
            refs, source = _source(self.needs, key, value)
            self._add(Claim(ident, "count", value, key, refs, source))
        return Figure(text or str(value), self._by_key[key])

    def quote(self, ref: str) -> str:
        """Enter the words at an address and return the claim's id."""
        key = f"quote:{ref}"
        if key not in self._by_key:
            self._quotes += 1
            source = _in_place(self.needs, ref)
            self._add(Claim(f"q{self._quotes}", "quote", str(recount(self.needs, key)), key, (ref,), source))
        return self._by_key[key]

    def _add(self, claim: Claim) -> None:
        self.claims[claim.id] = claim
        self._by_key[claim.recount] = claim.id


def recount(needs: Needs, key: str) -> int | str | None:
    """Count again what a key names; None where it is suppressed. Raises FeedbackError for keys nobody knows."""
    kind, _, rest = key.partition(":")
    counters: dict[str, Callable[[Needs, str], int | str | None]] = {
        "sessions": _sessions, "people": _people, "account": _account, "theme": _theme, "need": _need, "quote": _quote,
        "needs": _needs, "target": _target, "answers": _answers, "disagree": _disagree, "measure": _measure,
        "round": _round, "curve": _curve, "points": _points,
    }  # fmt: skip
    if kind not in counters:
        raise FeedbackError(f"nobody knows how to count {key!r}")
    return counters[kind](needs, rest)


def listable(needs: Needs, theme: Theme) -> bool:
    """Whether the sessions behind a theme may be named: nothing about it is hidden, and no small group can be counted."""
    return may_name(needs.themes, theme)


def _sessions(needs: Needs, rest: str) -> int:
    """`sessions:all`, `sessions:audience=youth`, `sessions:spa=6`, `sessions:language=es`, `sessions:recorded`."""
    found = list(needs.themes.corpus)
    name, _, value = rest.partition("=")
    if name == "audience":
        found = [s for s in found if (s.audience or "not said") == value]
    elif name == "spa":
        found = [s for s in found if str(s.spa or "not said") == value]
    elif name == "language":
        found = [s for s in found if value in (s.languages or ("not said",))]
    elif name == "month":
        found = [s for s in found if (s.month or "not said").startswith(value)]
    elif name == "kind":
        found = [s for s in found if {True: "recorded", False: "notes", None: "not said"}[s.recorded] == value]
    elif name == "recorded":
        found = [s for s in found if any(t.kind == "speech" for t in s.turns)]
    elif rest != "all":
        raise FeedbackError(f"nobody knows how to count sessions by {rest!r}")
    return len(found)


def _people(needs: Needs, rest: str) -> int | None:
    """`people:all`, `people:audience=youth`: head counts; None where one of too few people could be told from them."""
    name, _, value = rest.partition("=")
    return people_shown(needs.themes.corpus, needs.themes.settings).get((name, value))


def _account(needs: Needs, rest: str) -> int:
    return needs.themes.codings.account()[rest]


def _needs(needs: Needs, rest: str) -> int:
    beside = needs.beside
    counts = {
        "recurring": len(needs.values), "appendix": len(needs.appendix), "gaps": len(needs.gaps),
        "strategies": len(needs.plan.strategies), "unasked_strategies": len(needs.unasked_strategies),
        "signed": sum(bool(n.signed) for n in needs), "missed": beside.missed, "waiting": beside.waiting,
        "kept_back": beside.kept_back,
        "spanish": sum("es" in s.languages for s in needs.themes.corpus),
    }  # fmt: skip
    return counts[rest]


def _theme(needs: Needs, rest: str) -> int | None:
    code, group, name = rest.split("|")
    return _of(next((c for c in needs.themes[code].cells if c.group == group), None), name)


def _of(cell: Cell | None, name: str) -> int | None:
    value = None if cell is None else getattr(cell, name)
    return None if value is None else int(value)


def _need(needs: Needs, rest: str) -> int | None:
    code, name = rest.split("|")
    value = getattr(needs[code], name)
    return None if value is None else int(value)


def _target(needs: Needs, rest: str) -> int | None:
    """`target:spa=6`: sessions wanted."""
    if needs.beside.targets is None:
        return None
    rows = {f"{r.dimension}={r.value}": r for r in coverage(needs.themes.corpus, needs.beside.targets).rows}
    return rows[rest].wanted


def answered(needs: Needs, need: str) -> tuple[int, int, int] | None:
    """What people answered on a need (yes, partly, no), where these numbers of people may be shown: none, or enough."""
    found = next((a for a in needs.beside.answers if a.need == need), None)
    if found is None:
        return None
    counts, least = (found.yes, found.partly, found.no), needs.themes.settings.people
    return counts if all(n == 0 or n >= least for n in counts) else None


def _answers(needs: Needs, rest: str) -> int | None:
    need, name = rest.split("|")
    found = answered(needs, need)
    return None if found is None else found[("yes", "partly", "no").index(name)]


def _disagree(needs: Needs, code: str) -> int | None:
    found = disagreement(needs.themes, needs.themes[code])
    return None if found is None else found.sessions


def _measure(needs: Needs, rest: str) -> int | None:
    code, name = rest.split("|")
    return measured(needs.themes, needs.themes[code])[MEASURES.index(name)]


def _round(needs: Needs, rest: str) -> int | None:
    """`round:transportation|before|sessions`."""
    code, when, name = rest.split("|")
    rounds = needs.beside.rounds
    row = next((r for r in rounds.rows if r[0].id == code), None) if rounds else None
    return None if row is None else _of(row[1] if when == "before" else row[2], name)


def _curve(needs: Needs, rest: str) -> int:
    """`curve:total` themes heard, `curve:half` and `curve:nine` sessions after which half and nine in ten were heard."""
    points = rising(needs.themes)
    total = points[-1][2]
    share = {"total": 0, "half": 5, "nine": 9}[rest]
    return total if rest == "total" else next(i + 1 for i, p in enumerate(points) if 10 * p[2] >= share * total)


def _points(needs: Needs, session: str) -> int:
    return sum(s.session.id == session for s in needs.themes.corpus.segments())


def _quote(needs: Needs, ref: str) -> str:
    return hashlib.sha256(needs.themes.corpus.text_of(ref).encode()).hexdigest()


def _source(needs: Needs, key: str, value: int | str) -> tuple[tuple[str, ...], tuple[str | Mark, ...]]:
    kind, _, rest = key.partition(":")
    if kind in ("theme", "need", "measure", "disagree"):
        theme = needs.themes[rest.split("|")[0]]
        what = f"{theme.code.name}: "
        if not listable(needs, theme):
            return (), (what, NOT_LISTED)
        refs = tuple(dict.fromkeys(m.ref for m in theme.mentions if m.standing in HEARD))
        return refs, (what, in_sessions(refs) or "no unit", ".")
    if kind == "round":
        return (), (f"{needs.themes[rest.split('|')[0]].code.name}: counted by round over the whole project.",)
    if kind == "sessions":
        return (), (f"Sessions of the project ({rest.replace('=', ': ')}).",)
    if kind == "account":
        return (), ("Counted over every unit that was read.",)
    if kind == "target":
        return (), ("From the targets file of the project.",)
    if kind == "answers":
        return (), ("People's answers on the pages that went back to them.",)
    if key == "needs:waiting":
        return (), ("Sessions in the privacy check on the day of printing; nothing of them is in this brief.",)
    if key == "needs:kept_back":
        return (), ("Sessions kept back, so that this brief less one given out before tells of nobody; nothing of them is in it.",)
    return (), ("Counted over the whole project.",)


def _in_place(needs: Needs, ref: str) -> tuple[str | Mark, ...]:
    address = Ref.parse(ref)
    segment = needs.themes.corpus.resolve(address)
    text = segment.text
    start, end = (0, len(text)) if address.start is None else (address.start, address.end or 0)
    form = (
        "recorded"
        if segment.turn.kind == "speech"
        else "written down as said"
        if segment.turn.verbatim
        else "from the notes"
    )
    asked = f", after “{segment.prompt_text}”" if segment.prompt_text else ""
    part = "" if end - start == len(text) else f"; part of a turn of {len(text.split())} words"
    return (f"{ref} ({form}{asked}{part}): ", Mark(text[start:end]))
