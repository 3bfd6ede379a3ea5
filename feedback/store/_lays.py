"""What a person lays on a unit, step by step: one event a step, so that there is a history, and a way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.codebook import Coding

if TYPE_CHECKING:
    from feedback.store import Store

__all__ = ["SETTLED", "Step", "drop_code", "lay", "settled", "steps"]

SETTLED = "human:consensus"  # whose codings are what several people agreed on after they had coded apart


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a coder on a unit: codes put on and taken off (neither: looked at, and no code applies)."""

    event: int
    at: str
    tagger: str
    ref: str
    on: tuple[str, ...]
    off: tuple[str, ...]
    undoes: int | None = None
    who: str = ""


def lay(store: Store, ref: str, *, on: Sequence[Coding], off: Iterable[str], tagger: str, undoes: int | None = None) -> None:
    """Put a person's codings on a unit and take their own others off, in one transaction with its event."""
    from feedback.corpus import Ref
    from feedback.store import _codec

    t, at, gone, rows = store._t.coding, Ref.parse(ref), sorted(off), [_codec.coding_row(c) for c in on]
    mine = (t.c.session == at.session) & (t.c.index == at.index) & (t.c.tagger == tagger)
    with store.writing() as db:
        names = [*gone, *(str(r["code"]) for r in rows)]
        if names:
            db.execute(t.delete().where(mine & t.c.code.in_(names)))
        if rows:
            db.execute(t.insert(), rows)
        store._log(db, "code", {
            "verb": "lay", "ref": str(at.unit), "on": sorted(str(r["code"]) for r in rows), "off": gone, "by": [tagger],
            **({"undoes": undoes} if undoes is not None else {}),
        })  # fmt: skip


def steps(events: Iterable[dict[str, Any]]) -> tuple[Step, ...]:
    """The steps in a log, oldest first."""
    found = []
    for e in events:
        d = e["detail"]
        if e["verb"] == "code" and d.get("verb") == "lay":
            found.append(Step(e["id"], e["at"], d["by"][0], d["ref"], tuple(d["on"]), tuple(d["off"]), d.get("undoes"), e["who"]))
    return tuple(found)


def settled(events: Iterable[dict[str, Any]]) -> dict[str, Step]:
    """Unit -> the step by which it was settled, for those that were and were not opened again."""
    found: dict[str, Step] = {}
    for step in steps(events):
        if step.tagger == SETTLED:
            found[step.ref] = step
    return {ref: step for ref, step in found.items() if step.undoes is None}


def drop_code(store: Store, code: str, detail: dict[str, Any]) -> bool:
    """Take a code off every unit that only machines laid it on; False (and nothing is changed) where a person did."""
    t = store._t.coding
    with store.writing() as db:
        if db.execute(t.select().where(t.c.code == code, t.c.tagger.like("human:%")).limit(1)).first():
            return False
        db.execute(t.delete().where(t.c.code == code))
        store._log(db, "code", {"verb": "drop code", "code": code, **detail})
    return True
