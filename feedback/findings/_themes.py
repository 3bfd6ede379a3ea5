"""summarize: from codings to themes, counted by session."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import TYPE_CHECKING

from feedback.codebook import Code, Codebook, Codings
from feedback.corpus import Corpus
from feedback.errors import FeedbackError
from feedback.findings._cells import Rows
from feedback.findings._count import DIMENSIONS, counted, mentions_of, no_grouping, tables_in
from feedback.findings._joined import Joined, could_of, themes_of, told_by_parts
from feedback.findings._next import Next, next_of, saturation_of
from feedback.findings._prompts import Guide
from feedback.findings._types import ALL, FRAME_COLUMNS, Cell, Measures, Mention, Recurring, Settings, Theme
from feedback.findings._voices import Disagreement, alone_of, disagreements_of, measures_of, only_adults_of, only_of
from feedback.privacy import Count, may_show, require_clear

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = ("sessions", "base", "prompted", "unasked", "speakers", "needs", "assets", "refusals", "own", "about_youth")


@dataclass(frozen=True, slots=True)
class Themes:
    """The codes over the sessions: iterate over `Theme`s in codebook order, `themes["transportation"]` gives one.

    Attributes:
        by: what the groups are; None for the county as a whole. groups: their names. columns: those that may be shown.
        rule: what counts as recurring. settings: thresholds of suppression. private: nothing is suppressed: not to be
            passed on. unscreened: why the privacy gate was passed, or None. joined: codes that are counted as one theme.
    """

    values: tuple[Theme, ...]
    codings: Codings = field(repr=False)
    by: str | None
    groups: tuple[str, ...]
    columns: frozenset[str]
    rule: Recurring
    settings: Settings
    private: bool = False
    unscreened: str | None = None
    joined: Joined = ()

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.values)

    def __getitem__(self, code: str) -> Theme:
        """The theme of this code; raises FeedbackError."""
        for t in self.values:
            if t.code.id == code:
                return t
        raise FeedbackError(f"there is no theme {code!r}; there are: {', '.join(t.code.id for t in self.values)}")

    @property
    def corpus(self) -> Corpus:
        """The sessions counted."""
        return self.codings.corpus

    @property
    def codebook(self) -> Codebook:
        """The codebook counted by."""
        return self.codings.codebook

    @property
    def recurring(self) -> tuple[Theme, ...]:
        """Themes whose needs meet the rule, in codebook order."""
        return tuple(t for t in self.values if t.recurring)

    @property
    def heard_once(self) -> tuple[Theme, ...]:
        """Themes heard as a need, but not often enough for the rule: the appendix, so that quiet voices stay."""
        return tuple(t for t in self.values if not t.recurring and any(m.standing == "need" for m in t.mentions))

    @property
    def refusals(self) -> dict[str, tuple[str, ...]]:
        """What people said no to: code -> refs."""
        return {t.id: t.refusals for t in self.values if t.refusals}

    @property
    def assets(self) -> dict[str, tuple[str, ...]]:
        """What helps and should stay: code -> refs."""
        return {t.id: t.assets for t in self.values if t.assets}

    def having(self, code: str) -> Theme:
        """The theme that counts this code, by itself or joined with others; raises FeedbackError."""
        return next((t for t in self.values if code in t.codes), None) or self[code]

    def frame(self) -> pd.DataFrame:
        """One row a code and group, "all" first; columns `FRAME_COLUMNS`. Hidden numbers are NA, `suppressed` says so.

        `sessions` counts sessions, `base` those where it could have come up; `low` and `high` are Wilson 95% bounds of
        sessions/base as shares. In a private view a column `private` is added, and all of it is True.
        """
        import pandas as pd

        rows = [[getattr(c, name) for name in FRAME_COLUMNS] for t in self.values for c in t.cells]
        frame = pd.DataFrame(rows, columns=list(FRAME_COLUMNS))
        frame = frame.astype({name: "Int64" for name in _WHOLE} | {"low": "Float64", "high": "Float64"})
        frame["suppressed"] = frame["suppressed"].astype(bool)
        if self.private:
            frame["private"] = True
        return frame

    def account(self) -> dict[str, int]:
        """Account for every unit in: `units` = coded + uncoded + process + others + withheld.

        Beside it: `mentions` = need + asset + talk + refusal + not_a_problem + reported (codes on units, counted once),
        and `hidden`, the cells that suppression hides. What only few sessions said so stands in `mentions` alone.
        """
        found = Counter(m.standing for t in self.values for m in t.mentions)
        kinds = {k: found[k] for k in ("need", "asset", "talk", "refusal", "not_a_problem", "reported")}
        if not self.private:
            rooms = {k: {m.session for t in self.values for m in t.mentions if m.standing == k} for k in kinds}
            heads = {s.id: s.participants for s in self.corpus}
            small = [k for k, of in rooms.items() if not may_show(Count(tuple(heads[s] for s in of), ()), self.settings)]
            if len(small) == 1:  # else it is what the others leave of all
                small += sorted(set(kinds) - set(small), key=lambda k: (kinds[k] == 0, kinds[k], k))[:1]
            kinds = {k: n for k, n in kinds.items() if k not in small}
        hidden = sum(c.suppressed for t in self.values for c in t.cells)
        return {**self.codings.account(), "mentions": sum(found.values()), **kinds, "hidden": hidden}

    def saturation(self, *, seed: int = 0, orders: int = 200) -> tuple[tuple[str, int, int, int, int], ...]:
        """Return (how many sessions, new codes, codes so far, low, high), on the mean over all orders of the sessions.

        `low` and `high` hold 90% of orders. Only codes whose county-wide figure is shown are in it. In a private view it is
        (session, ...) in session order, with all codes, and the band holds 90% of `orders` orders shuffled by `seed`.
        """
        return saturation_of(self, seed=seed, orders=orders)

    def next_session(self) -> tuple[Next, ...]:
        """Which group's next session would most likely bring something new, by what its sessions brought so far."""
        return next_of(self)

    def measures(self) -> pd.DataFrame:
        """Four measures apart, one row a code: frequency, extensiveness (and agreement), breadth, intensity."""
        return measures_of(self)

    def leave_one_out(self) -> pd.DataFrame:
        """Would each need still recur without its loudest session, and without any single one?"""
        return alone_of(self)

    def only(self, group: str) -> tuple[str, ...]:
        """Codes heard in one group and in no other, as far as that may be said."""
        return only_of(self, group)

    @property
    def only_adults_about_youth(self) -> tuple[str, ...]:
        """Codes that adults raised about young people and no young person raised, as far as that may be said."""
        return only_adults_of(self)

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Codes on which people in the same session disagreed."""
        return disagreements_of(self)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything shown: the same findings have the same fingerprint."""
        shown = [tuple(getattr(c, n) for n in FRAME_COLUMNS) for t in self.values for c in t.cells]
        return hashlib.sha256(repr((self.by, str(self.rule), self.private, shown)).encode()).hexdigest()


def summarize(
    codings: Codings, *, by: str | None = "audience", rule: Recurring | None = None, settings: Settings | None = None,
    unscreened: str | None = None, private: bool = False, also: Mapping[str, frozenset[str]] | None = None,
    joined: Joined = (), rounds: Mapping[str, Collection[str]] | None = None,
) -> Themes:  # fmt: skip
    """Count the sessions each code was heard in, in all and by group.

    What one table shows is held against what the tables by all groupings show, in the order of `DIMENSIONS`, so that no
    small set of sessions can be told from all of them together. `also` names further cells to hide (code -> groups).

    `by` is audience, language, spa, month, kind (notes or recorded) or None. `private=True` leaves everything unhidden
    and marks the result. `joined` names codes to be counted as one theme, with the id `a+b`: a session counts once,
    whichever of them it named. `rounds` are frozen rounds (name -> sessions) that others may be compared with. Raises
    LeakError where the privacy gate has open findings and no reason is given to pass it.
    """
    reason = require_clear(codings.corpus, unscreened=codings.unscreened if unscreened is None else unscreened)
    rule, settings = rule or Recurring(), settings or Settings()
    guide = Guide(codings.codebook)
    tables = tables_in(codings, rounds)
    if by is not None and by not in tables:
        raise no_grouping(by)
    mentions = mentions_of(codings, by if by in DIMENSIONS else None, guide=guide)
    if by is not None and by not in DIMENSIONS:
        mentions = _in_round(mentions, tables[by])
    groups = tables[by] if by else {}
    everyone = {s: n for heads in tables["month"].values() for s, n in heads.items()}
    made = themes_of(codings.codebook, joined)
    codes = {theme: of for theme, (_, of) in made.items()}
    single = _could(codings, guide)
    could = single | could_of(single, codes)
    may_quote = frozenset(s.id for s in codings.corpus if s.quote_consent in ("yes", "review"))
    rows = Rows(by, tables, everyone, could=could, settings=settings, private=private, also=also, may_quote=may_quote)
    home = {code: theme for theme, of in codes.items() for code in of}
    found: dict[str, list[Mention]] = {theme: [] for theme in made}
    for m in mentions:
        found[home[m.code]].append(m)
    together = _together(mentions, home)
    for theme, (_, of) in made.items():
        if len(of) > 1:
            rows.hide(theme, _told(rows, found[theme], [codings.codebook[c] for c in of]))
    values = [
        _theme(code, found[theme], shown=rows.of(code, found[theme]), rule=rule, together=together.get(theme, ()), codes=of)
        for theme, (code, of) in made.items()
    ]
    columns = frozenset(groups) if private else rows.columns
    shown = tuple(groups) if by else ()
    return Themes(tuple(values), codings, by, shown, columns, rule, settings, private, reason, joined)


def _told(rows: Rows, found: Sequence[Mention], parts: Sequence[Code]) -> frozenset[str]:
    """Groups in which these codes counted as one, beside the tables that count them one by one, would tell of a hidden one."""
    told = set()
    cells = {c.id: rows.of(c, [m for m in found if m.code == c.id])[0] for c in parts}
    shown = {c: {cell.group for cell in row if not cell.suppressed} for c, row in cells.items()}
    for group, heads in {ALL: rows.everyone, **rows.groups}.items():
        heard = [m for m in found if counted(m.standing) and group in (ALL, m.group)]
        named = {c: frozenset(m.session for m in heard if m.code == c) for c in shown}
        hidden = frozenset(c for c in shown if group not in shown[c])
        if told_by_parts(frozenset(m.session for m in heard), named, hidden, heads, rows.settings):
            told.add(group)
    return frozenset(told)


def _in_round(mentions: Sequence[Mention], sides: Mapping[str, Mapping[str, object]]) -> tuple[Mention, ...]:
    """The same mentions, grouped by the side of a round that their session is on."""
    side = {s: name for name, sessions in sides.items() for s in sessions}
    return tuple(replace(m, group=side[m.session]) for m in mentions)


def meets(rule: Recurring, mentions: Sequence[Mention]) -> bool:
    """Whether these mentions of a need are recurring by the rule."""
    needs = [m for m in mentions if m.standing == "need"]
    spread = (
        len({m.audience for m in needs if m.audience}) >= rule.audiences
        or len({m.area for m in needs if m.area}) >= rule.areas
    )
    unasked = not rule.unasked or any(not m.prompted or m.agreement for m in needs)
    return len({m.session for m in needs}) >= rule.sessions and spread and unasked


def _could(codings: Codings, guide: Guide) -> dict[str, frozenset[str]]:
    """Code -> sessions where it was asked about, or anything could be raised."""
    sessions = list(codings.corpus)
    free = frozenset(s.id for s in sessions if guide.open(s))
    asked: dict[str, list[str]] = {}
    for s in sessions:
        for code in guide.prompted(s) if s.id not in free else ():
            asked.setdefault(code, []).append(s.id)
    return {c.id: free.union(asked[c.id]) if c.id in asked else free for c in codings.codebook}


def _theme(
    code: Code, found: Sequence[Mention], *, shown: tuple[tuple[Cell, ...], frozenset[str]], rule: Recurring,
    together: tuple[tuple[str, int], ...], codes: tuple[str, ...],
) -> Theme:  # fmt: skip
    heard = [m for m in found if counted(m.standing)]
    once = list({m.ref: m for m in reversed(heard) if not m.repeated}.values())
    sessions = tuple(dict.fromkeys(m.session for m in heard))
    loud = Counter(s for _, s in {(m.ref, m.session) for m in found if m.standing == "need" and not m.repeated})
    loudest = min(loud, key=lambda s: (-loud[s], s)) if loud else None
    measures = Measures(
        len(once), len({(m.session, m.speaker) for m in once if m.speaker}), sum(m.agreement for m in once),
        len(sessions), sum(m.emphasis for m in once),
    )  # fmt: skip
    recurring = meets(rule, found)
    stands = recurring and meets(rule, [m for m in found if m.session != loudest])
    cells, quotable = shown
    return Theme(code, cells, measures, tuple(found), sessions, recurring, stands, loudest, together, codes, quotable)


def _together(mentions: Sequence[Mention], home: Mapping[str, str]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Themes that lie on the same units, with the number of sessions in which they do."""
    units: dict[str, dict[str, str]] = {}
    for m in mentions:
        if counted(m.standing):
            units.setdefault(m.ref, {})[home[m.code]] = m.session
    pairs: dict[str, dict[str, set[str]]] = {}
    for several in units.values():
        for a, b in permutations(several, 2):
            pairs.setdefault(a, {}).setdefault(b, set()).add(several[a])
    return {
        a: tuple(sorted(((b, len(s)) for b, s in others.items()), key=lambda x: (-x[1], x[0])))
        for a, others in pairs.items()
    }
