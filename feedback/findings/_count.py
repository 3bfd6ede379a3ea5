"""From codings to mentions: whose words count, as what, in which group."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from feedback.codebook import Coding, Codings
from feedback.corpus import Segment, Session
from feedback.errors import FeedbackError
from feedback.findings._prompts import Guide
from feedback.findings._types import UNKNOWN, Mention

BEFORE, AFTER = "before", "since"
DIMENSIONS = ("audience", "language", "spa", "month", "kind", "round")
YOUNG = ("child_or_relative", "client")
REPORTED = ("quoted_stigma", "system_demand", "hearsay")
AGAIN = 3  # an interpreter says again what was said at most so many units before
SAID_AS_NEED = ("need", "barrier", "recommendation")
_EMPHASIS = re.compile(r"!{2,}|\*{2,}|¡.+!|\b[A-ZÁÉÍÓÚÑ]{4,}(?:\s+[A-ZÁÉÍÓÚÑ]{2,})+\b")


def group_of(segment: Segment, by: str | None) -> str:
    """Name the group a unit counts in."""
    return _group(segment.session, segment.audience, by)


def _group(s: Session, audience: str | None, by: str | None) -> str:
    if by is None:
        return ""
    if by == "audience":
        return audience or UNKNOWN
    if by == "language":
        return s.languages[0] if s.languages else UNKNOWN
    if by == "spa":
        return f"SPA {s.spa}" if s.spa else UNKNOWN
    if by == "month":
        return s.month or UNKNOWN
    if by == "kind":
        return UNKNOWN if s.recorded is None else ("recorded" if s.recorded else "notes")
    if by == "round":
        return s.extra.get("round") or UNKNOWN
    raise no_grouping(by)


def no_grouping(by: str) -> FeedbackError:
    """What to say of a grouping that there is not."""
    return FeedbackError(f"findings are grouped by {', '.join(DIMENSIONS)} or None, not {by!r}.")


def standing_of(coding: Coding) -> str:
    """Say what a mention counts as; only `need` counts as a need."""
    if coding.polarity == "rejected":
        return "refusal"
    if coding.polarity == "not_a_problem":
        return "not_a_problem"
    if coding.about in REPORTED:
        return "reported"
    if coding.polarity == "keep" or coding.category == "asset":
        return "asset"
    if coding.polarity in ("need", "need_past") or coding.category in SAID_AS_NEED:
        return "need"
    return "talk"


def counted(standing: str) -> bool:
    """Whether a theme was heard: not where it was refused, no problem, or only reported of others."""
    return standing in ("need", "asset", "talk")


def _best(codings: Iterable[Coding]) -> Coding:
    """Of several taggers' codings: a person's first, then the surest; ties by the tagger's name."""
    return min(codings, key=lambda c: (not c.tagger.startswith("human"), -c.score, c.tagger))


def mentions_of(codings: Codings, by: str | None, *, guide: Guide | None = None) -> tuple[Mention, ...]:
    """Turn codings into mentions, in reading order; withheld units and others' words are no mentions."""
    guide = guide or Guide(codings.codebook)
    live = {c.id for c in codings.codebook if c.status != "retired"}
    out = []
    for segments, laid in codings.parts():
        grouped: dict[str, dict[str, list[Coding]]] = {}
        for c in laid:
            grouped.setdefault(str(_unit(c.ref)), {}).setdefault(c.code, []).append(c)
        for segment in segments:
            for code, several in sorted(grouped[segment.ref].items()) if segment.ref in grouped else ():
                if code in live:
                    out.append(_mention(segment, _best(several), by, guide))
    return _once(out)


def _once(mentions: list[Mention]) -> tuple[Mention, ...]:
    """Mark interpreters' turns that say again what a participant said just before."""
    last: dict[tuple[str, str], int] = {}
    out = []
    for m in mentions:
        key, index = (m.session, m.code), int(m.ref.rpartition("#")[2])
        if not m.interpreted:
            last[key] = index
        elif index - last.get(key, -AGAIN - 1) <= AGAIN:
            m = replace(m, repeated=True, agreement=0)
        out.append(m)
    return tuple(out)


def _unit(ref: str) -> str:
    return ref.split(":", 1)[0] if "#" in ref and ":" in ref.split("#", 1)[1] else ref


def _mention(segment: Segment, coding: Coding, by: str | None, guide: Guide) -> Mention:
    turn, prompt = segment.turn, segment.prompt_text
    asked = prompt is not None and not turn.parking_lot and coding.code in guide.about(prompt)
    interpreted = turn.role == "interpreter"
    return Mention(
        segment.ref, segment.session.id, coding.code, group_of(segment, by), segment.audience, segment.session.spa,
        standing_of(coding), coding.category, asked, own=segment.audience == "youth" or coding.about not in YOUNG,
        speaker=None if interpreted else turn.speaker.label, agreement=turn.agreement or 0, interpreted=interpreted,
        emphasis=bool(_EMPHASIS.search(turn.text)), evidence=coding.evidence, score=coding.score,
    )  # fmt: skip


def groups_in(codings: Codings, by: str | None) -> dict[str, dict[str, int | None]]:
    """Group -> session -> head count (None where not known), over sessions with a participant's unit of the group.

    In a mixed session a group's people are its known speakers: the head count belongs to all of them together.
    """
    out: dict[str, dict[str, int | None]] = {}
    for session in codings.corpus:
        said: dict[str | None, set[str]] = {}  # audience -> participants named
        for turn in session.turns:
            if turn.voiced and not turn.withheld:
                labels = said.setdefault(session.audience_of(turn), set())
                if turn.role == "participant" and turn.speaker.label:
                    labels.add(turn.speaker.label)
        groups: dict[str, set[str]] = {}
        for audience, labels in said.items():
            groups.setdefault(_group(session, audience, by), set()).update(labels)
        for group, labels in groups.items():
            out.setdefault(group, {})[session.id] = session.participants if len(groups) == 1 else len(labels) or None
    return {g: out[g] for g in sorted(out)}


def by_round(name: str) -> str:
    """The grouping that sets a frozen round beside the sessions held since."""
    return f"round {name}"


def tables_in(
    codings: Codings, rounds: Mapping[str, Collection[str]] | None = None
) -> dict[str, dict[str, dict[str, int | None]]]:
    """The groups of every grouping, in the order of `DIMENSIONS`, as `groups_in` gives them; then before and since each round."""
    out = {"audience": groups_in(codings, "audience")}
    here = {s for heads in out["audience"].values() for s in heads}
    for by in DIMENSIONS[1:]:
        found: dict[str, dict[str, int | None]] = {}
        for s in codings.corpus:
            if s.id in here:
                found.setdefault(_group(s, None, by), {})[s.id] = s.participants
        out[by] = {g: found[g] for g in sorted(found)}
    for name, sessions in (rounds or {}).items():
        sides: dict[str, dict[str, int | None]] = {}
        for s in codings.corpus:
            if s.id in here:
                sides.setdefault(BEFORE if s.id in sessions else AFTER, {})[s.id] = s.participants
        out[by_round(name)] = {g: sides[g] for g in sorted(sides)}
    return out
