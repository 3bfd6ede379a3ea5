"""summarize(): codings to themes, counted by session, through the suppression engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from feedback.codebook import Codings
from feedback.corpus import Corpus
from feedback.errors import FeedbackError
from feedback.findings import _count
from feedback.findings._types import Count, Evidence, Recurring, Theme
from feedback.privacy._cells import Cell, Thresholds, band, suppress

if TYPE_CHECKING:
    import pandas as pd

THEME_COLUMNS = (
    "code", "name", "group", "sessions", "base", "prompted", "unasked", "speakers", "low", "high", "suppressed", "band",
    "recurring",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Themes:
    """Themes in the order of breadth, with what they were counted from and by which rules.

    Attributes:
        values: themes heard at least once. by: the dimension of the groups. groups: their names, in order.
        rule: when a need is called recurring. thresholds: of the suppression engine.
        private: True marks a researcher's own view in which nothing is suppressed; it may not be published.
    """

    values: tuple[Theme, ...]
    codings: Codings = field(repr=False)
    by: str
    groups: tuple[str, ...]
    rule: Recurring
    thresholds: Thresholds
    private: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.values)

    def __getitem__(self, code: str) -> Theme:
        for theme in self.values:
            if theme.code == code:
                return theme
        raise FeedbackError(f"no theme {code!r} was heard; heard were: {', '.join(t.code for t in self.values) or 'none'}")

    def __contains__(self, code: object) -> bool:
        return any(t.code == code for t in self.values)

    @property
    def corpus(self) -> Corpus:
        """What the themes were heard in."""
        return self.codings.corpus

    def account(self) -> dict[str, int]:
        """Account for every unit, and say how many counts are suppressed."""
        return self.codings.account() | {"suppressed": sum(c.hidden is not None for t in self.values for c in t.counts)}

    def frame(self) -> pd.DataFrame:
        """One row a theme and group, `all` first; columns `THEME_COLUMNS`. Suppressed rows hold nothing but their base.

        `low` and `high` are Wilson 95 % bounds of sessions/base. `speakers` is shown from 11 on (speakers are people).
        """
        import pandas as pd

        rows = [self._row(theme, count) for theme in self.values for count in theme.counts]
        frame = pd.DataFrame(rows, columns=list(THEME_COLUMNS))
        whole = {name: "Int64" for name in ("sessions", "base", "prompted", "unasked", "speakers")}
        return frame.astype({**whole, "low": "float64", "high": "float64", "suppressed": bool, "recurring": bool})

    def _row(self, theme: Theme, c: Count) -> tuple[object, ...]:
        head = (theme.code, theme.name, c.group)
        if c.hidden:
            return (*head, None, c.base, None, None, None, None, None, True, None, theme.recurring)
        people = self.private or c.speakers == 0 or c.speakers >= self.thresholds.people
        split = c.prompted, c.unasked
        if not self.private and c.group != "all" and not all(n == 0 or n >= self.thresholds.sessions for n in split):
            split = None, None  # type: ignore[assignment]
        speakers = c.speakers if people else None
        return (*head, c.sessions, c.base, *split, speakers, c.low, c.high, False, band(c.sessions, c.base), theme.recurring)

    def saturation(self, *, permutations: int = 200, seed: int = 0) -> pd.DataFrame:
        """The curve of new themes: session by session in order of month and code, with a band over random orders.

        Columns: step, session, new, heard, low, high (2.5 and 97.5 % of `permutations` shuffles).
        """
        import numpy as np
        import pandas as pd

        order = sorted(self.corpus, key=lambda s: (s.month or "9999", s.id))
        heard = {s.id: {t.code for t in self.values if s.id in t.sessions} for s in order}
        ids = [s.id for s in order]

        def curve(sequence: list[str]) -> list[int]:
            seen: set[str] = set()
            out = []
            for ident in sequence:
                seen |= heard[ident]
                out.append(len(seen))
            return out

        random = np.random.default_rng(seed)
        shuffles = np.array([curve([ids[i] for i in random.permutation(len(ids))]) for _ in range(permutations)] or [[]])
        total = curve(ids)
        low, high = (np.percentile(shuffles, q, axis=0) if ids else [] for q in (2.5, 97.5))
        new = [b - a for a, b in zip([0, *total], total, strict=False)]
        rows = {"step": range(1, len(ids) + 1), "session": ids, "new": new, "heard": total, "low": low, "high": high}
        return pd.DataFrame(rows)


def summarize(codings: Codings, *, by: str = "audience", rule: Recurring | None = None, thresholds: Thresholds | None = None,
              private: bool = False, unscreened: str | None = None) -> Themes:  # fmt: skip
    """Count the sessions each code was voiced in, by group, and say which recur.

    Args:
        by: audience, language, spa, month or format.
        rule: when something is called recurring. thresholds: of the suppression engine.
        private: no suppression, for a researcher's own machine; the result is marked and may not be published.
        unscreened: the reason for counting a corpus with open findings; recorded.

    Raises:
        LeakError: the corpus has open findings and no reason is given. FeedbackError: no such grouping.
    """
    from feedback.privacy import require_clear
    from feedback.tagging import mentions

    reason = require_clear(codings.corpus, unscreened=unscreened or codings.unscreened)
    codings = replace(codings, unscreened=reason)
    rule, thresholds = rule or Recurring(), thresholds or Thresholds()
    heard = _count.collect(codings, mentions(codings.codebook))
    groups = _count.groups_of(codings.corpus, by)
    usable = {s.id: s.participants or 0 for s in codings.corpus if _count.session_groups(s, by)}
    themes = [
        _theme(code, h, codings, by=by, groups=groups, usable=usable, rule=rule, thresholds=None if private else thresholds)
        for code, h in heard.items()
        if h.units or h.apart
    ]
    together = _together(heard)
    themes = [replace(t, with_=together.get(t.code, ())) for t in themes]
    themes.sort(key=lambda t: (-len(t.sessions), -t.extensiveness, t.code))
    return Themes(tuple(themes), codings, by, tuple(groups), rule, thresholds, private)


def _theme(code: str, heard: _count.Heard, codings: Codings, *, by: str, groups: dict[str, dict[str, int]], usable: dict[str, int],
           rule: Recurring, thresholds: Thresholds | None) -> Theme:  # fmt: skip
    book = codings.codebook
    known = book[code] if code in book else None
    sensitivity = known.sensitivity if known else "standard"
    counts = _count.count(heard, groups, codings.corpus, by)
    if thresholds is not None:
        counts = _hide(counts, groups, usable, by=by, sensitivity=sensitivity, thresholds=thresholds)
    evidence = _count.evidence(heard)
    sessions = tuple(sorted({s.session.id for s, _ in heard.units.values()}))
    agreed = _count.agreement(heard)
    loudest = Counter(s.session.id for s, _ in heard.units.values()).most_common(1)
    left = [s for s in sessions if not loudest or s != loudest[0][0]]
    return Theme(
        code=code, name=known.name if known else code, sensitivity=sensitivity, counts=counts, evidence=evidence, sessions=sessions,
        frequency=len(heard.units), extensiveness=agreed, intensity=_count.intensity(heard),
        own=len(_sessions(evidence, heard, own=True)), about_others=len(_sessions(evidence, heard, own=False)),
        recurring=_recurs(sessions, heard, codings.corpus, rule, agreed),
        stands_without_loudest=_recurs(left, heard, codings.corpus, rule, agreed),
    )  # fmt: skip


def _recurs(sessions: tuple[str, ...] | list[str], heard: _count.Heard, corpus: Corpus, rule: Recurring, agreed: int) -> bool:
    inside = {s for s in sessions}
    units = [(r, s) for r, (s, _) in heard.units.items() if s.session.id in inside]
    return rule.holds(
        sessions=len(inside), audiences=len({s.audience for _, s in units if s.audience}),
        areas=len({corpus[s].spa for s in inside} - {None}), unasked=sum(r in heard.unasked for r, _ in units), agreed=agreed,
    )  # fmt: skip


def _hide(counts: tuple[Count, ...], groups: dict[str, dict[str, int]], usable: dict[str, int], *, by: str, sensitivity: str,
          thresholds: Thresholds) -> tuple[Count, ...]:  # fmt: skip
    people = {"all": sum(usable.values())} | {g: sum(members.values()) for g, members in groups.items()}
    cells = [Cell(c.group, c.sessions, c.base, c.people, people[c.group], by, sensitivity) for c in counts]
    apart = sum(len(m) for m in groups.values()) == len(usable)
    shown = suppress(cells, thresholds, partition=apart)
    return tuple(replace(c, hidden=cell.hidden) for c, cell in zip(counts, shown, strict=True))


def _sessions(evidence: Evidence, heard: _count.Heard, *, own: bool) -> set[str]:
    others = set(evidence.about_others)
    return {s.session.id for r, (s, _) in heard.units.items() if (r not in others) == own}


def _together(heard: dict[str, _count.Heard]) -> dict[str, tuple[tuple[str, int], ...]]:
    pairs: dict[str, dict[str, set[str]]] = {}
    on: dict[str, list[str]] = {}
    where: dict[str, str] = {}
    for code, h in heard.items():
        for ref, (segment, _) in h.units.items():
            on.setdefault(ref, []).append(code)
            where[ref] = segment.session.id
    for ref, codes in on.items():
        for a in codes:
            for b in codes:
                if a != b:
                    pairs.setdefault(a, {}).setdefault(b, set()).add(where[ref])
    out = {}
    for a, others in pairs.items():
        ranked = sorted(((b, len(s)) for b, s in others.items() if len(s) >= 2), key=lambda x: (-x[1], x[0]))
        out[a] = tuple(ranked[:3])
    return out
