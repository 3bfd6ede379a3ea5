"""Beside the counts: four measures apart, who alone said it, disagreement in the room, and what rests on one session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.findings._count import counted
from feedback.findings._types import ALL, Mention, Theme
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
    needed: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


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

    NA where something about the theme is hidden: on how few sessions it rests would tell how many there are.
    """
    import pandas as pd

    from feedback.findings._themes import meets

    rows = list[tuple[object, ...]]()
    for t in themes:
        needs = [m for m in t.mentions if m.standing == "need"]
        resting = [s for s in dict.fromkeys(m.session for m in needs) if not meets(themes.rule, _without(needs, s))]
        stands = t.recurring and not resting
        if themes.private or rest_shown(themes, t):
            rows.append((t.id, t.recurring, t.stands_without, stands, len(resting) if t.recurring else None))
        else:
            rows.append((t.id, t.recurring, None, None, None))
    kinds = {"stands_without_loudest": "boolean", "stands_without_any": "boolean", "resting_on": "Int64"}
    return pd.DataFrame(rows, columns=list(ALONE_COLUMNS)).astype(kinds)


def rest_shown(themes: Themes, theme: Theme) -> bool:
    """Whether it may be said that a theme rests on few sessions: nothing is hidden, or its shown number says so already."""
    few = theme.all.needs is not None and theme.all.needs <= themes.rule.sessions
    return few or open_theme(theme)


def may_name(themes: Themes, theme: Theme) -> bool:
    """Whether the sessions that named a theme may be listed: nothing is hidden, and no small group can be counted from them.

    A list of sessions is counted again by whatever stands beside a session's code (audience, language, notes or recorded):
    each of these groups has to be a cell that could be shown by itself.
    """
    if themes.private:
        return True
    if not open_theme(theme):
        return False
    heard, cells = set(theme.sessions), dict[tuple[str, object], tuple[list[int | None], list[int | None]]]()
    for s in themes.corpus:
        for key in (("audience", s.audience), ("language", s.languages[:1]), ("kind", s.recorded)):
            cells.setdefault(key, ([], []))[s.id not in heard].append(s.participants)
    return all(may_show(Count(tuple(a), tuple(b)), themes.settings) for a, b in cells.values())


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


def _without(mentions: Iterable[Mention], session: str) -> list[Mention]:
    return [m for m in mentions if m.session != session]


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
