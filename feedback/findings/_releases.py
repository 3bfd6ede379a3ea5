"""Two versions minus each other: which figures a new version may not show, because an older one was already given out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from feedback.findings._count import groups_in
from feedback.findings._joined import SIGN
from feedback.findings._themes import Themes
from feedback.findings._types import ALL
from feedback.privacy import Settings, people_behind

__all__ = ["Released", "changed_between", "differences", "released"]


@dataclass(frozen=True, slots=True)
class Released:
    """What a version showed: the sessions of each group (with a mark of what was read, and head count), and its figures."""

    sessions: Mapping[str, Mapping[str, tuple[str, int | None]]] = field(default_factory=lambda: MappingProxyType({}))
    figures: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: MappingProxyType({}))

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "sessions": {g: {s: list(v) for s, v in heads.items()} for g, heads in self.sessions.items()},
            "figures": {c: dict(v) for c, v in self.figures.items()},
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Released:
        """Out of JSON values."""
        sessions = {g: {s: (str(v[0]), v[1]) for s, v in heads.items()} for g, heads in plain["sessions"].items()}
        return cls(sessions, plain["figures"])


def released(themes: Themes) -> Released:
    """Take down what these themes show."""
    marks = {s.id: s.sha256[:16] for s in themes.corpus}
    groups = {g: dict(heads) for g, heads in groups_in(themes.codings, themes.by).items()}
    groups[ALL] = {s.id: s.participants for s in themes.corpus if any(s.id in h for h in groups.values())}
    sessions = {g: {s: (marks[s], n) for s, n in heads.items()} for g, heads in groups.items()}
    figures = {t.id: {c.group: c.sessions for c in t.cells if c.sessions is not None} for t in themes}
    return Released(sessions, figures)


def changed_between(now: Released, before: Released, group: str = ALL) -> dict[str, int | None]:
    """Sessions of a group that only one of two versions holds, or that were read anew: session -> head count."""
    a, b = now.sessions.get(group, {}), before.sessions.get(group, {})
    return {s: (a.get(s) or b[s])[1] for s in {*a, *b} if a.get(s, ("",))[0] != b.get(s, ("",))[0]}


def differences(now: Released, before: Iterable[Released], settings: Settings) -> dict[str, frozenset[str]]:
    """Return code -> groups whose figure, less the one an earlier version showed, would tell of too few sessions or people."""
    out: dict[str, set[str]] = {}
    for old in before:
        changed = {g: changed_between(now, old, g) for g in now.sessions}
        for code, figures in now.figures.items():
            for group, k in figures.items():
                earlier = old.figures.get(code, {}).get(group)
                moved = changed.get(group, {})
                if earlier is not None and moved and k != earlier and not _fit(k - earlier, moved, settings):
                    out.setdefault(code, set()).add(group)
        for code, group in _parts(now, old, settings):
            out.setdefault(code, set()).add(group)
    return {code: frozenset(groups) for code, groups in out.items()}


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


def _fit(step: int, moved: Mapping[str, int | None], settings: Settings) -> bool:
    """Whether a step of `step` among these sessions may be known: enough of them, and of those that did not add to it."""
    inside, outside = abs(step), len(moved) - abs(step)
    if (
        people_behind(list(moved.values())) < settings.people
        or len(moved) < settings.sessions
        or inside < settings.sessions
    ):
        return False
    few = sorted(n or 0 for n in moved.values())
    return sum(few[:inside]) >= settings.people and (
        outside <= 0 or (outside >= settings.sessions and sum(few[:outside]) >= settings.people)
    )
