"""Several codes counted as one need: a session counts once, whichever of them it named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from feedback.codebook import Code, Codebook
from feedback.errors import FeedbackError
from feedback.privacy import Settings, enough

SIGN = "+"
Joined = tuple[tuple[str, ...], ...]


def joined_id(codes: Sequence[str]) -> str:
    """The id of codes counted as one: the first leads.

    >>> joined_id(("navigation", "hand_off"))
    'navigation+hand_off'
    """
    return SIGN.join(codes)


def joined_code(book: Codebook, codes: Sequence[str]) -> Code:
    """Make the code that stands for several: names in a row, the plan's place and the sensitivity of the first.

    Raises FeedbackError where one is not in the codebook, or where they are not equally sensitive.
    """
    members = [book[c] for c in codes]
    if len(set(codes)) < 2:
        raise FeedbackError("a joined need has at least two codes, each once")
    if len({m.sensitivity for m in members}) > 1:
        kinds = "; ".join(f"{m.id} is {m.sensitivity}" for m in members)
        raise FeedbackError(f"codes that are not equally sensitive are never counted as one: {kinds}")
    tongues = [t for t in members[0].names if all(t in m.names for m in members)]
    parents = {m.parent for m in members}
    return Code(
        joined_id(codes), _row(m.report_as or m.name for m in members), parents.pop() if len(parents) == 1 else None,
        " ".join(f"{m.definition.strip().rstrip('.')}." for m in members if m.definition.strip()),
        names=MappingProxyType({t: _row(m.names[t] for m in members) for t in tongues}), maps=members[0].maps,
        sensitivity=members[0].sensitivity,
    )  # fmt: skip


def themes_of(book: Codebook, joined: Joined) -> dict[str, tuple[Code, tuple[str, ...]]]:
    """Theme id -> (its code, the codes counted by it), in codebook order, a joined one in the place of its leader.

    Raises FeedbackError where a code is joined twice, retired, or not in the codebook.
    """
    live = {c.id: c for c in book if c.status != "retired"}
    part: dict[str, tuple[str, ...]] = {}
    for codes in joined:
        for code in codes:
            if code in part:
                raise FeedbackError(f"{code} is joined twice")
            if code not in live:
                raise FeedbackError(f"{code} is no code in use, so it cannot be joined")
            part[code] = tuple(codes)
    made: dict[str, tuple[Code, tuple[str, ...]]] = {}
    for code in live:
        codes = part.get(code, (code,))
        if code == codes[0]:
            made[joined_id(codes)] = (joined_code(book, codes) if len(codes) > 1 else live[code], codes)
    return made


def could_of(could: Mapping[str, frozenset[str]], codes: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """Theme id -> sessions where any of its codes could have come up."""
    return {
        theme: could[of[0]].union(*(could[c] for c in of[1:])) if len(of) > 1 else could[of[0]] for theme, of in codes.items()
    }


def told_by_parts(
    whole: frozenset[str], parts: Mapping[str, frozenset[str]], hidden: frozenset[str], heads: Mapping[str, int | None],
    settings: Settings,
) -> bool:  # fmt: skip
    """Whether the figure of codes counted as one, less that of a code shown beside it, tells of a hidden one of them.

    `whole` are the sessions that named any of them, `parts` those of each code; `hidden` are the codes whose own figure is not
    shown. What a shown code leaves of the whole was named by the others: it has to be nobody, or enough.
    """
    if not hidden:
        return False
    left = (whole - named for code, named in parts.items() if code not in hidden)
    return any(rest and not enough([heads[s] for s in rest], settings) for rest in left)


def _row(names: Iterable[str]) -> str:
    return "; ".join(n if i == 0 else n[:1].lower() + n[1:] for i, n in enumerate(names))
