"""trace(): which topic of a refit is which topic of before, and what was split, merged, lost or found."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from feedback.topics._gaps import Gaps
from feedback.topics._topics import Topic, Topics

if TYPE_CHECKING:
    import pandas as pd

OWN_REASONS = (
    "covered by a code", "in no field of words that recurs", "says nothing of its own", "outlier of BERTopic",
    "in no topic of the round before",
)  # fmt: skip
SAME = 0.5
PART = 0.25


def trace(before: Topics, after: Topics) -> pd.DataFrame:
    """Match the topics of two runs by the units both placed; one row a pair that shares units, or a topic without one.

    Columns: `before`, `after` (topic numbers, missing where there is none), `shared` (units), `overlap` (Jaccard, on units
    that both runs placed), `verdict`: `same` (overlap of one half or more), `split` (a quarter or more of the old topic went
    here, and as much elsewhere), `merged` (likewise for the new one), `moved` (less than that), `gone`, `new`.
    """
    import pandas as pd

    old = {r: t.id for t in before for r in t.refs}
    new = {r: t.id for t in after for r in t.refs}
    both = sorted(set(old) & set(new))
    a_size = {t.id: sum(r in new for r in t.refs) for t in before}
    b_size = {t.id: sum(r in old for r in t.refs) for t in after}
    shared: dict[tuple[int, int], int] = {}
    for r in both:
        pair = (old[r], new[r])
        shared[pair] = shared.get(pair, 0) + 1
    out_of = _parts({p: n / a_size[p[0]] for p, n in shared.items()}, side=0)
    into = _parts({p: n / b_size[p[1]] for p, n in shared.items()}, side=1)
    rows: list[tuple[int | None, int | None, int, float, str]] = []
    for (a, b), n in sorted(shared.items()):
        overlap = n / (a_size[a] + b_size[b] - n)
        verdict = "moved"
        if overlap >= SAME:
            verdict = "same"
        elif (a, b) in out_of:
            verdict = "split"
        elif (a, b) in into:
            verdict = "merged"
        rows.append((a, b, n, round(overlap, 4), verdict))
    rows += [(t.id, None, 0, 0.0, "gone") for t in before if not a_size[t.id]]
    rows += [(None, t.id, 0, 0.0, "new") for t in after if not b_size[t.id]]
    frame = pd.DataFrame(rows, columns=["before", "after", "shared", "overlap", "verdict"])
    return frame.astype({"before": "Int64", "after": "Int64", "overlap": "float64"})


def _parts(share: dict[tuple[int, int], float], *, side: int) -> set[tuple[int, int]]:
    """Pairs that hold a quarter or more of a topic of which another pair holds as much."""
    big = [p for p, s in share.items() if s >= PART]
    return {p for p in big if sum(q[side] == p[side] for q in big) > 1}


def carry(before: Topics, after: Topics) -> Topics:
    """Let a refit keep the identity of what stood before: numbers, names and decisions that people gave.

    A topic that is the same (`trace`) keeps its number, its given name, and that it was accepted. An accepted one that the
    refit does not find again stays as it is (its code is in the codebook now, so a refit over what no code covers leaves it
    out), and its words go on placing new units. What a person dropped and the refit finds again is set aside again.
    """
    found = trace(before, after)
    same = found[found["verdict"] == "same"].sort_values(["overlap", "before", "after"], ascending=[False, True, True])
    home: dict[int, Topic] = {}
    for a, b in zip(same["before"], same["after"], strict=True):
        if int(b) not in home and not any(t.id == int(a) for t in home.values()):
            home[int(b)] = before[int(a)]
    kept = {t.id for t in home.values()}
    free = max(_used(before), default=-1) + 1
    held = {r for t in before if t.code.status == "accepted" for r in t.refs}
    values, aside, said = [], dict(after.set_aside), []
    for t in after:
        dropped = [r for r in t.refs if before.set_aside.get(r) not in (None, *OWN_REASONS)]
        if t.id in home:
            values.append(_as(home[t.id], t, f"rename {home[t.id].id}" in before.history))
        elif len(dropped) >= SAME * len(t.refs):
            aside |= {r: before.set_aside.get(r, before.set_aside[dropped[0]]) for r in t.refs}
            said.append(f"drop again: {len(t.refs)} units")
        else:
            values.append(replace(t, id=free))
            free += 1
    alone = [_adopted(t, before, after) for t in before if t.code.status == "accepted" and t.id not in kept]
    values = [*(_without(t, held) for t in values), *alone]
    aside = {r: why for r, why in aside.items() if r not in held}
    return replace(
        after, values=tuple(t for t in values if t.refs), set_aside=MappingProxyType(aside),
        history=(*before.history, f"refit on {len(after.sessions)} sessions", *said),
    )  # fmt: skip


def _used(topics: Topics) -> set[int]:
    """Every number that a topic has or had: none is given twice."""
    said = [m.group(1) for line in topics.history if (m := re.match(r"(?:drop|merge|split) ([\[\]\d, into]+)", line))]
    return {t.id for t in topics} | {int(n) for line in said for n in re.findall(r"\d+", line)}


def _as(old: Topic, new: Topic, named: bool) -> Topic:
    """The new topic under the old one's number, and its name where a person gave it or accepted it."""
    if old.code.status == "accepted":
        pairs = dict(zip(new.refs, new.fits, strict=True)) | dict(zip(old.refs, old.fits, strict=True))
        ranked = sorted(pairs.items(), key=lambda p: -p[1])
        refs, fits = tuple(r for r, _ in ranked), tuple(f for _, f in ranked)
        return replace(new, id=old.id, label=old.label, code=old.code, by=old.by, refs=refs, fits=fits)
    if named:
        return replace(new, id=old.id, label=old.label, code=replace(new.code, name=old.label))
    return replace(new, id=old.id)


def _adopted(topic: Topic, before: Topics, after: Topics) -> Topic:
    """An accepted topic that the refit has not; its fields of words join the new model, so that it goes on placing units."""
    if not (isinstance(before.model, Gaps) and isinstance(after.model, Gaps)):
        return replace(topic, parts=())
    return replace(topic, parts=after.model.adopt(before.model, topic.parts))


def _without(topic: Topic, held: set[str]) -> Topic:
    """A topic without units that an accepted one holds."""
    if topic.code.status == "accepted" or not held & set(topic.refs):
        return topic
    pairs = [(r, f) for r, f in zip(topic.refs, topic.fits, strict=True) if r not in held]
    return replace(topic, refs=tuple(r for r, _ in pairs), fits=tuple(f for _, f in pairs))
