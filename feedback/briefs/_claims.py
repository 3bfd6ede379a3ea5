"""Numbers and quotes with what they stand on: made while composing, counted again while verifying."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from feedback.briefs._page import Claim, Figure, Mark
from feedback.corpus import Ref
from feedback.errors import FeedbackError
from feedback.findings import Theme
from feedback.plan import Needs

NOT_LISTED = "The sessions behind this number are not listed here, so that a small group cannot be made out from them."


class Ledger:
    """Collects the claims of one page; the same number about the same thing is one claim."""

    def __init__(self, needs: Needs) -> None:
        self.needs = needs
        self.claims: dict[str, Claim] = {}
        self._by_key: dict[str, str] = {}

    def number(self, key: str, *, text: str | None = None) -> Figure:
        """Count `key` and return it as a figure of the page."""
        value = recount(self.needs, key)
        if value is None:
            raise FeedbackError(f"{key} is suppressed and may not be printed")
        if key not in self._by_key:
            ident = f"n{sum(c.kind != 'quote' for c in self.claims.values()) + 1}"
            refs, source = _source(self.needs, key, value)
            self._add(Claim(ident, "count", value, key, refs, source))
        return Figure(text or str(value), self._by_key[key])

    def quote(self, ref: str) -> str:
        """Enter the words at an address and return the claim's id."""
        key = f"quote:{ref}"
        if key not in self._by_key:
            ident = f"q{sum(c.kind == 'quote' for c in self.claims.values()) + 1}"
            self._add(Claim(ident, "quote", str(recount(self.needs, key)), key, (ref,), _in_place(self.needs, ref)))
        return self._by_key[key]

    def _add(self, claim: Claim) -> None:
        self.claims[claim.id] = claim
        self._by_key[claim.recount] = claim.id


def recount(needs: Needs, key: str) -> int | str | None:
    """Count again what a key names; None where it is suppressed. Raises FeedbackError for keys nobody knows."""
    kind, _, rest = key.partition(":")
    counters: dict[str, Callable[[Needs, str], int | str | None]] = {
        "sessions": _sessions, "people": _people, "account": _account, "theme": _theme, "need": _need, "quote": _quote,
        "needs": _needs,
    }  # fmt: skip
    if kind not in counters:
        raise FeedbackError(f"nobody knows how to count {key!r}")
    return counters[kind](needs, rest)


def listable(needs: Needs, theme: Theme) -> bool:
    """Whether the sessions behind a theme may be named: nothing about it is hidden."""
    return theme.code.sensitivity == "standard" and not any(c.suppressed for c in theme.cells)


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
    elif name == "recorded":
        found = [s for s in found if any(t.kind == "speech" for t in s.turns)]
    elif rest != "all":
        raise FeedbackError(f"nobody knows how to count sessions by {rest!r}")
    return len(found)


def _people(needs: Needs, rest: str) -> int | None:
    """`people:all`, `people:audience=youth`: head counts; None under the threshold."""
    name, _, value = rest.partition("=")
    found = [s for s in needs.themes.corpus if name == "all" or (s.audience or "not said") == value]
    total = sum(s.participants or 0 for s in found)
    return total if total >= needs.themes.settings.people else None


def _account(needs: Needs, rest: str) -> int:
    return needs.themes.codings.account()[rest]


def _needs(needs: Needs, rest: str) -> int:
    return {"recurring": len(needs.values), "appendix": len(needs.appendix), "gaps": len(needs.gaps)}[rest]


def _theme(needs: Needs, rest: str) -> int | None:
    code, group, name = rest.split("|")
    cell = next((c for c in needs.themes[code].cells if c.group == group), None)
    value = None if cell is None else getattr(cell, name)
    return None if value is None else int(value)


def _need(needs: Needs, rest: str) -> int | None:
    code, name = rest.split("|")
    value = getattr(needs[code], name)
    return None if value is None else int(value)


def _quote(needs: Needs, ref: str) -> str:
    return hashlib.sha256(needs.themes.corpus.text_of(ref).encode()).hexdigest()


def _source(needs: Needs, key: str, value: int | str) -> tuple[tuple[str, ...], tuple[str | Mark, ...]]:
    kind, _, rest = key.partition(":")
    if kind in ("theme", "need"):
        code = rest.split("|")[0]
        theme = needs.themes[code]
        what = f"{theme.code.name}: "
        if not listable(needs, theme):
            return (), (what, NOT_LISTED)
        refs = tuple(dict.fromkeys(m.ref for m in theme.mentions if m.standing in ("need", "asset", "talk")))
        return refs, (what, ", ".join(refs) or "no unit", ".")
    if kind == "sessions":
        return (), (f"{value} sessions of the project ({rest.replace('=', ': ')}).",)
    if kind == "account":
        return (), (f"{value} units ({rest}), counted over every unit that was read.",)
    return (), (f"{value}: counted over the whole project ({rest.replace('=', ': ')}).",)


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
