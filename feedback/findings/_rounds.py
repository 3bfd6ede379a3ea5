"""Rounds compared like with like: both counted now, by the same codebook and taggers, and what changed in them since said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from feedback.codebook import Code, Codings
from feedback.errors import FeedbackError
from feedback.findings._count import AFTER, BEFORE, by_round
from feedback.findings._joined import Joined
from feedback.findings._themes import Themes, summarize
from feedback.findings._types import Cell, Settings

if TYPE_CHECKING:
    import pandas as pd

ROUND_COLUMNS = ("code", "name", "before", "before_base", "band_before", "since", "since_base", "band_since", "comparable")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A round as it was when it was frozen: its sessions, the codebook code by code, who coded, and what was shown.

    `codes` are digests of definition, triggers and examples; `shown` the county-wide figures that could be printed then.
    """

    name: str
    sessions: tuple[str, ...]
    codebook: str
    codes: Mapping[str, str]
    taggers: tuple[str, ...]
    shown: Mapping[str, tuple[int, int]]

    def dumps(self) -> str:
        """Write it as JSON."""
        return json.dumps({**asdict(replace(self, codes=dict(self.codes), shown=dict(self.shown)))}, sort_keys=True, indent=1)

    @classmethod
    def loads(cls, text: str) -> Frozen:
        """Read it from JSON; raises FeedbackError."""
        try:
            kept = json.loads(text)
            return cls(
                kept["name"], tuple(kept["sessions"]), kept["codebook"], kept["codes"], tuple(kept["taggers"]),
                {k: (int(a), int(b)) for k, (a, b) in kept["shown"].items()},
            )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            raise FeedbackError("this is no frozen round: freeze one with `feedback rounds freeze NAME`") from None


@dataclass(frozen=True, slots=True)
class Rounds:
    """Two rounds side by side, county-wide, counted now by one codebook and the same taggers.

    Attributes:
        rows: (code, cell before, cell since); what may not be shown is hidden in both.
        changed: codes whose meaning changed since the freeze (not comparable). notes: what else changed, in words.
        counted_otherwise: codes for which the frozen round is counted differently today than when it was printed.
    """

    name: str
    rows: tuple[tuple[Code, Cell, Cell], ...]
    changed: frozenset[str]
    notes: tuple[str, ...]
    counted_otherwise: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def frame(self) -> pd.DataFrame:
        """One row a code; columns `ROUND_COLUMNS`. Hidden numbers are NA; no difference is computed and nothing tested."""
        import pandas as pd

        rows = [
            (c.id, c.name, b.sessions, b.base, b.band, s.sessions, s.base, s.band, c.id not in self.changed)
            for c, b, s in self.rows
        ]
        whole = ("before", "before_base", "since", "since_base")
        return pd.DataFrame(rows, columns=list(ROUND_COLUMNS)).astype(dict.fromkeys(whole, "Int64"))


def freeze(themes: Themes, name: str) -> Frozen:
    """Keep what a later round needs in order to be compared with this one."""
    shown = {
        t.id: (t.all.sessions, t.all.base) for t in themes if t.all.sessions is not None and t.all.base is not None
    }
    book = themes.codebook
    return Frozen(
        name, tuple(s.id for s in themes.corpus), f"{book.name} {book.version}".strip(),
        {c.id: digest_of(c) for c in book}, taggers_of(themes.codings), shown,
    )  # fmt: skip


def compare(
    codings: Codings, frozen: Frozen, *, unscreened: str | None = None, settings: Settings | None = None, joined: Joined = (),
    rounds: Mapping[str, Collection[str]] | None = None, also: Mapping[str, frozenset[str]] | None = None,
) -> Rounds:  # fmt: skip
    """Set a frozen round beside the sessions held since, both counted by the codings given.

    It is held against the tables by every grouping, and against those by all `rounds` that can be compared (name -> sessions);
    `also` names further cells to hide (see `summarize`). Raises FeedbackError where no session of the frozen round is here any
    more, or none was held since.
    """
    there = {s.id for s in codings.corpus}
    gone = [s for s in frozen.sessions if s not in there]
    if len(gone) == len(frozen.sessions) or there <= set(frozen.sessions):
        raise FeedbackError(
            f"round {frozen.name!r} cannot be compared: it needs its own sessions in the project, and sessions held since"
        )
    every = {frozen.name: frozenset(frozen.sessions)} if rounds is None else rounds
    themes = summarize(
        codings, by=by_round(frozen.name), unscreened=unscreened, settings=settings, joined=joined, rounds=every, also=also
    )
    rows = []
    for t in themes:
        cells = {c.group: c for c in t.cells}
        rows.append((t.code, cells[BEFORE], cells[AFTER]))
    other = {c.id for c in codings.codebook if frozen.codes.get(c.id) != digest_of(c)}
    changed = frozenset(other | {t.id for t in themes if other & set(t.codes)})
    otherwise = tuple(
        c.id for c, before, _ in rows
        if c.id in frozen.shown and before.sessions is not None and (before.sessions, before.base) != frozen.shown[c.id]
    )  # fmt: skip
    return Rounds(frozen.name, tuple(rows), changed, tuple(_notes(codings, frozen, gone)), otherwise)


def digest_of(code: Code) -> str:
    """Twelve hexadecimal digits over what a code means: two codes with the same digest catch the same."""
    meant = (
        code.definition, code.include, code.exclude, sorted(code.triggers.items()), code.block,
        sorted(code.examples.items()), code.status,
    )  # fmt: skip
    return hashlib.sha256(repr(meant).encode()).hexdigest()[:12]


def taggers_of(codings: Codings) -> tuple[str, ...]:
    """Who coded, with versions; people by their initials."""
    return tuple(sorted({c.tagger for c in codings}))


def _notes(codings: Codings, frozen: Frozen, gone: list[str]) -> list[str]:
    book, out = codings.codebook, []
    now = {c.id: digest_of(c) for c in book}
    added = [c for c in now if c not in frozen.codes]
    dropped = [c for c in frozen.codes if c not in now]
    meant = [c for c in now if c in frozen.codes and frozen.codes[c] != now[c]]
    for what, codes in (("new codes", added), ("codes that are gone", dropped), ("codes with another meaning", meant)):
        if codes:
            out.append(f"{what} since {frozen.name}: {', '.join(codes)}")
    before, here = set(frozen.taggers), set(taggers_of(codings))
    if before != here:
        out.append(
            f"coded then by {', '.join(sorted(before)) or 'nobody'}, now by {', '.join(sorted(here)) or 'nobody'}; "
            "both rounds are counted by the codings of now"
        )
    if gone:
        out.append(f"{len(gone)} sessions of {frozen.name} are no longer in the project")
    return out or ["codebook and taggers are the same as then"]
