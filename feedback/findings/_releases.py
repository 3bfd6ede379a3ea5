"""Two versions minus each other: which figures a new version may not show, because older ones were already given out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from feedback.codebook import Codings
from feedback.findings._count import counted, groups_in
from feedback.findings._joined import SIGN
from feedback.findings._themes import Themes
from feedback.findings._types import ALL
from feedback.findings._versions import Contradiction, Fact, Heads, moved, told
from feedback.privacy import Settings, enough

__all__ = ["Released", "changed_between", "differences", "heads_by", "released"]

Figures = Mapping[str, Mapping[str, int]]  # code -> group -> sessions
Heard = Mapping[str, Mapping[str, frozenset[str]]]  # code -> group -> the sessions themselves


@dataclass(frozen=True, slots=True)
class Released:
    """What a version showed: the sessions of each group (with a mark of what was read, and head count), and its figures.

    `left` are the sessions that were there and that it kept back.
    """

    sessions: Mapping[str, Heads] = field(default_factory=lambda: MappingProxyType({}))
    figures: Figures = field(default_factory=lambda: MappingProxyType({}))
    left: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "sessions": {g: {s: list(v) for s, v in heads.items()} for g, heads in self.sessions.items()},
            "figures": {c: dict(v) for c, v in self.figures.items()},
            **({"left": list(self.left)} if self.left else {}),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Released:
        """Out of JSON values."""
        sessions = {g: {s: (str(v[0]), v[1]) for s, v in heads.items()} for g, heads in plain["sessions"].items()}
        return cls(sessions, plain["figures"], tuple(plain.get("left", ())))


def heads_by(codings: Codings, by: str | None) -> dict[str, dict[str, tuple[str, int | None]]]:
    """The sessions of each group, and of "all" together, with a mark of what was read and the head count."""
    marks = {s.id: s.sha256[:16] for s in codings.corpus}
    groups = {g: dict(heads) for g, heads in groups_in(codings, by).items()}
    groups[ALL] = {s.id: s.participants for s in codings.corpus if any(s.id in h for h in groups.values())}
    return {g: {s: (marks[s], n) for s, n in heads.items()} for g, heads in groups.items()}


def released(themes: Themes, *, left: Iterable[str] = ()) -> Released:
    """Take down what these themes show, and who was kept back."""
    figures = {t.id: {c.group: c.sessions for c in t.cells if c.sessions is not None} for t in themes}
    return Released(heads_by(themes.codings, themes.by), figures, tuple(sorted(left)))


def changed_between(now: Released, before: Released, group: str = ALL) -> dict[str, int | None]:
    """Sessions of a group that only one of two versions holds, or that were read anew: session -> head count."""
    return moved(now.sessions.get(group, {}), before.sessions.get(group, {}))


def differences(themes: Themes, before: Sequence[Released]) -> dict[str, frozenset[str]]:
    """Return code -> groups whose figure, with those that earlier versions showed, would tell of too few sessions or people.

    All versions are held together. Where units were coded anew between them, so that their figures cannot all be true, the new
    figure is held against each earlier one.
    """
    now, settings, out = released(themes), themes.settings, dict[str, set[str]]()
    heard = {
        t.id: {g: frozenset(m.session for m in t.mentions if counted(m.standing) and g in (m.group, ALL)) for g in now.sessions}
        for t in themes
    }
    for code, figures in now.figures.items():
        for group, k in figures.items():
            if _tells(now, before, code, group, k, heard[code][group], settings):
                out.setdefault(code, set()).add(group)
    for old in before:
        for code, group in _parts(now, old, settings):
            out.setdefault(code, set()).add(group)
    return {code: frozenset(groups) for code, groups in out.items()}


def _named(heads: Heads) -> dict[str, int | None]:
    """Sessions by what was read of them."""
    return {f"{s}@{mark}": n for s, (mark, n) in heads.items()}


def _tells(
    now: Released, before: Sequence[Released], code: str, group: str, k: int, heard: frozenset[str], settings: Settings
) -> bool:
    """Whether a figure tells, with those shown before, what they did not tell without it."""
    mine = now.sessions.get(group, {})
    here = _named(mine)
    heads, this = dict(here), frozenset(here)
    facts: dict[frozenset[str], int] = {}
    for old in before:
        earlier = old.figures.get(code, {}).get(group)
        if earlier is not None:
            there = _named(old.sessions.get(group, {}))
            heads = {**there, **heads}
            facts[frozenset(there)] = earlier
    facts.pop(this, None)  # what was coded anew in the same sessions is of no session in particular
    if not facts:
        return False
    said = frozenset(f"{s}@{mine[s][0]}" for s in heard if s in mine)
    try:
        together = told([*facts.items(), (this, k)], heads, settings, here=this, heard=said)
    except Contradiction:
        return any(not _fit(k - e, {n: heads[n] for n in there ^ this}, settings) for there, e in facts.items())
    if not together:
        return together is None
    return not together <= (_alone(list(facts.items()), heads, settings) or frozenset())


def _alone(facts: list[Fact], heads: Mapping[str, int | None], settings: Settings) -> frozenset[frozenset[str]] | None:
    """What the earlier figures tell by themselves."""
    try:
        return told(facts, heads, settings, here=frozenset(), heard=frozenset())
    except Contradiction:
        return frozenset()


def _parts(now: Released, old: Released, settings: Settings) -> Iterator[tuple[str, str]]:
    """Figures of codes counted as one that, less what an earlier version showed of some of them, tell of too few sessions.

    Where nothing about those was hidden then, their sessions were named, and there is nothing left to tell.
    """
    for code, figures in now.figures.items():
        for other, earlier in old.figures.items():
            mine, theirs = set(code.split(SIGN)), set(other.split(SIGN))
            if not (mine < theirs or theirs < mine) or set(earlier) >= set(old.sessions):
                continue
            for group in figures.keys() & earlier.keys():
                step = figures[group] - earlier[group]
                heads = {s: n for s, (_, n) in now.sessions.get(group, {}).items()}
                if step and not _fit(step, heads, settings):
                    yield code, group


def _fit(step: int, among: Mapping[str, int | None], settings: Settings) -> bool:
    """Whether a step of `step` among these sessions may be known: enough of them, and of those that did not add to it."""
    inside, outside = abs(step), len(among) - abs(step)
    few = sorted(n or 0 for n in among.values())
    if step == 0:
        return True
    if not enough(list(among.values()), settings) or not enough(few[:inside], settings):
        return False
    return outside <= 0 or enough(few[:outside], settings)
