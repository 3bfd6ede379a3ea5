"""Beside the counts: four measures apart, who alone said it, disagreement in the room, and what rests on one session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feedback.findings._count import counted
from feedback.findings._types import ALL, Mention, Recurring, Theme
from feedback.privacy import Count, may_show

if TYPE_CHECKING:
    import pandas as pd

    from feedback.findings._themes import Themes

MEASURE_COLUMNS = ("code", "name", "frequency", "extensiveness", "agreement", "breadth", "intensity", "suppressed")
ALONE_COLUMNS = ("code", "recurring", "stands_without_loudest", "stands_without_any", "resting_on")
AGAINST = ("refusal", "not_a_problem")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A code on which people in the same session said both that it is needed and that it is not.

    `sessions` is how many, None where the number may not be shown; `needed` and `against` are refs, for those who work on
    the findings.
    """

    code: str
    sessions: int | None
    needed: tuple[str, ...] = field(repr=False, default=())
    against: tuple[str, ...] = field(repr=False, default=())


def open_theme(theme: Theme) -> bool:
    """Whether nothing about a theme is hidden, so that its units may be counted and its sessions named."""
    return theme.code.sensitivity == "standard" and not any(c.suppressed for c in theme.cells)


def measures_of(themes: Themes) -> pd.DataFrame:
    """Four measures apart, one row a code: units, people, sessions, units with marks of emphasis. Hidden ones are NA.

    `frequency` counts units, `extensiveness` distinct known speakers, `agreement` people who agreed (nods, votes, "x4"),
    `breadth` sessions, `intensity` units with marks of emphasis. People are shown from the people threshold on.
    """
    import pandas as pd

    rows = [(t.id, t.code.name, *measured(themes, t), not (themes.private or open_theme(t))) for t in themes]
    frame = pd.DataFrame(rows, columns=list(MEASURE_COLUMNS))
    return frame.astype(dict.fromkeys(MEASURE_COLUMNS[2:7], "Int64"))


def measured(themes: Themes, theme: Theme) -> tuple[int | None, ...]:
    """Frequency, extensiveness, agreement, breadth and intensity of one theme, as they may be shown."""
    m, free = theme.measures, themes.private or open_theme(theme)
    loud = {x.session for x in theme.mentions if x.emphasis and counted(x.standing)}
    return (
        m.frequency if free else None, _people(themes, m.extensiveness, free), _people(themes, m.agreement, free),
        theme.all.sessions, m.intensity if free and _shown(themes, theme, loud) else None,
    )  # fmt: skip


def alone_of(themes: Themes) -> pd.DataFrame:
    """Leave one session out, each in turn: would the need still recur? `resting_on` counts sessions it cannot lose.

    NA where something about the theme is hidden, or those are too few to be told: see `rest_shown`.
    """
    import pandas as pd

    rows = list[tuple[object, ...]]()
    for t in themes:
        resting = needed_by(themes.rule, t.mentions) if t.recurring else ()
        stands = t.recurring and not resting
        if themes.private or rest_shown(themes, t):
            rows.append((t.id, t.recurring, t.stands_without, stands, len(resting) if t.recurring else None))
        else:
            rows.append((t.id, t.recurring, None, None, None))
    kinds = {"stands_without_loudest": "boolean", "stands_without_any": "boolean", "resting_on": "Int64"}
    return pd.DataFrame(rows, columns=list(ALONE_COLUMNS)).astype(kinds)


def rest_shown(themes: Themes, theme: Theme) -> bool:
    """Whether it may be said on how few sessions a theme rests: its shown number says so already, or they are a cell that fits."""
    if theme.all.needs is not None and theme.all.needs <= themes.rule.sessions:
        return True
    return open_theme(theme) and (not theme.recurring or _shown(themes, theme, needed_by(themes.rule, theme.mentions)))


def needed_by(rule: Recurring, mentions: Iterable[Mention]) -> tuple[str, ...]:
    """The sessions that a recurring need cannot lose, each by itself, in the order they came."""
    of: dict[str, tuple[set[str], set[int], list[bool]]] = {}
    for m in mentions:
        if m.standing == "need":
            audiences, areas, raised = of.setdefault(m.session, (set(), set(), []))
            audiences |= {m.audience} if m.audience else set()
            areas |= {m.area} if m.area else set()
            raised.append(not m.prompted or bool(m.agreement))
    voices, places = (Counter(x for parts in of.values() for x in parts[i]) for i in (0, 1))
    freely = sum(any(raised) for *_, raised in of.values())

    def lacks(session: str) -> bool:
        audiences, areas, raised = of[session]
        left = (len(voices) - sum(voices[a] == 1 for a in audiences), len(places) - sum(places[a] == 1 for a in areas))
        narrow = left[0] < rule.audiences and left[1] < rule.areas
        return len(of) <= rule.sessions or narrow or (rule.unasked and freely - any(raised) < 1)

    return tuple(s for s in of if lacks(s))


def may_name(themes: Themes, theme: Theme, part: Iterable[str] | None = None) -> bool:
    """Whether the sessions that named a theme may be listed: nothing is hidden, and no small group can be counted from them.

    A list of sessions is counted again by whatever stands beside a session's code (audience, language, notes or recorded):
    each of these groups has to be a cell that could be shown by itself. `part`: only these sessions are listed, such as those
    that named it as a need; then what they leave of the others has to be as well.
    """
    if themes.private:
        return True
    if not open_theme(theme):
        return False
    heard = set(theme.sessions)
    wanted = heard if part is None else set(part)
    left = heard - wanted if wanted < heard else set()
    return _counts_fit(themes, wanted) and (not left or _counts_fit(themes, left, among=left))


def _counts_fit(themes: Themes, listed: set[str], *, among: set[str] | None = None) -> bool:
    """Whether every group's number of these sessions may be shown, among all sessions or those given."""
    cells = dict[tuple[str, object], tuple[list[int | None], list[int | None]]]()
    for s in themes.corpus:
        for key in (("audience", s.audience), ("language", s.languages[:1]), ("kind", s.recorded)):
            if among is None or s.id in among:
                cells.setdefault(key, ([], []))[s.id not in listed].append(s.participants)
    return all(may_show(Count(tuple(a), tuple(b)), themes.settings) for a, b in cells.values())


def said_together(themes: Themes, theme: Theme) -> tuple[str, ...]:
    """Themes said in one breath (on the same units) with this one, the most sessions first.

    Neither is sensitive, both numbers are shown, and the sessions where it happened are a cell of their own.
    """
    if theme.code.sensitivity != "standard":
        return ()
    mine, out = {m.ref: m.session for m in theme.mentions if counted(m.standing)}, []
    for code, _ in theme.together:
        other = themes[code]
        rooms = {mine[m.ref] for m in other.mentions if m.ref in mine and counted(m.standing)}
        fits = len(rooms) >= themes.settings.sessions and all(_shown(themes, t, rooms) for t in (theme, other))
        out += [code] if fits and other.code.sensitivity == "standard" else []
    return tuple(out)


def only_of(themes: Themes, group: str) -> tuple[str, ...]:
    """Codes heard in this group and in no other; only where every group's figure may be shown."""
    return tuple(
        t.id for t in themes
        if _figures_stand(t) and all((c.sessions or 0) > 0 if c.group == group else c.sessions == 0 for c in t.cells[1:])
        and any(c.group == group for c in t.cells[1:])
    )  # fmt: skip


def only_adults_of(themes: Themes) -> tuple[str, ...]:
    """Codes that adults raised about young people and no young person raised; only where the figures may be shown."""
    out = []
    for t in themes:
        cells = {c.group: c for c in t.cells}
        youth, total = cells.get("youth"), cells[ALL]
        if youth is not None and _figures_stand(t) and youth.sessions == 0 and (total.about_youth or 0) > 0:
            out.append(t.id)
    return tuple(out)


def disagreements_of(themes: Themes) -> tuple[Disagreement, ...]:
    """Codes that were both asked for and refused (or called no problem) in the same session, by different units.

    Where speakers are known, the two must be different people.
    """
    return tuple(d for t in themes if (d := disagreement(themes, t)) is not None)


def disagreement(themes: Themes, theme: Theme) -> Disagreement | None:
    """The disagreement inside sessions on one theme, or None."""
    sides: dict[tuple[str, str], tuple[list[Mention], list[Mention]]] = {}
    for m in theme.mentions:
        if m.standing == "need" or m.standing in AGAINST:
            sides.setdefault((m.session, m.code), ([], []))[m.standing in AGAINST].append(m)
    split = {key: both for key, both in sides.items() if _two_people(*both)}
    if not split:
        return None
    rooms = {session for session, _ in split}
    shown = themes.private or (theme.code.sensitivity == "standard" and _shown(themes, theme, rooms))
    needed = tuple(m.ref for a, _ in split.values() for m in a)
    return Disagreement(
        theme.id, len(rooms) if shown else None, needed, tuple(m.ref for _, b in split.values() for m in b)
    )


def _two_people(needed: Sequence[Mention], against: Sequence[Mention]) -> bool:
    return any(a.ref != b.ref and (a.speaker is None or a.speaker != b.speaker) for a in needed for b in against)


def _figures_stand(theme: Theme) -> bool:
    return not any(c.suppressed for c in theme.cells)


def _people(themes: Themes, people: int, free: bool) -> int | None:
    shown = themes.private or (free and (people == 0 or people >= themes.settings.people))
    return people if shown else None


def _shown(themes: Themes, theme: Theme, sessions: Iterable[str]) -> bool:
    """Whether a number of sessions of this theme may be shown: they are a cell of their own, and so are the others."""
    if themes.private:
        return True
    heads = {s.id: s.participants for s in themes.corpus}
    inside, heard = set(sessions), set(theme.sessions) | set(sessions)
    count = Count(tuple(heads.get(s) for s in sorted(inside)), tuple(heads.get(s) for s in sorted(heard - inside)))
    return not theme.all.suppressed and may_show(count, themes.settings)
