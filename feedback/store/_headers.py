"""Headers: what a person corrects of a session after it was read, its fields and who speaks in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from feedback.store import Store

__all__ = ["RECAST", "Headers"]

# What a person may say a unit is, with the role and kind that it then has.
RECAST = {
    "point": ("participant", "speech"), "note": ("participant", "note"), "question": ("facilitator", "prompt"),
    "heading": ("heading", "prompt"), "meeting": ("heading", "process"), "notetaker": ("notetaker", "note"),
}  # fmt: skip


class Headers:
    """What people change of sessions."""

    _store: Store
    _t: Any

    def amend(self, session: str, **fields: Any) -> None:
        """Change header fields of a session (`month`, `audience`, `languages` ...); the log says which, by whom."""
        t = self._t.session
        with self._store.writing() as db:
            row = db.execute(t.select().where(t.c.id == session)).first()
            if row is None:
                raise KeyError(session)
            db.execute(t.update().where(t.c.id == session).values(header={**row.header, **fields}))
            self._store._log(db, "header", {"session": session, "fields": sorted(fields)})

    def recast(
        self, session: str, *, labels: Mapping[str, str] | None = None, units: Mapping[int, str] | None = None
    ) -> int:
        """Correct who speaks (`labels`: label as it passed the gate -> role) and what units are (`units`: index -> see RECAST).

        Which question a unit answers is worked out again. Codings of units that are nobody's words any more go. The log
        says how many units changed; returns it. Raises KeyError where there is no such session.
        """
        t, changed = self._t, 0
        with self._store.writing() as db:
            rows = db.execute(t.unit.select().where(t.unit.c.session == session).order_by(t.unit.c.index)).all()
            if not rows:
                raise KeyError(session)
            question: int | None = None
            for row in rows:
                role, kind = _recast(row, labels or {}, units or {})
                index: Any = row.index
                question = index if kind == "prompt" else question
                prompt = None if kind == "prompt" else row.prompt if row.prompt is None and question is None else question
                if (role, kind, prompt) == (row.role, row.kind, row.prompt):
                    continue
                changed += (role, kind) != (row.role, row.kind)
                here = {"session": session, "index": index}
                db.execute(_at(t.unit.update(), t.unit, here).values(role=role, kind=kind, prompt=prompt))
                if role not in ("participant", "interpreter"):
                    for table in (t.coding, t.discourse):
                        db.execute(_at(table.delete(), table, here))
            self._store._log(db, "header", {"session": session, "fields": ["roles"], "units": changed})
        return changed


def _recast(row: Any, labels: Mapping[str, str], units: Mapping[int, str]) -> tuple[str, str]:
    if row.index in units:
        return RECAST[units[row.index]]
    role = labels.get(row.cleared_label or "", row.role)
    if role == row.role:
        return row.role, row.kind
    asks = role == "facilitator" and (row.text or row.raw).rstrip().endswith("?")
    return role, "prompt" if asks else "speech" if row.kind == "prompt" else row.kind


def _at(change: Any, table: Any, here: Mapping[str, Any]) -> Any:
    return change.where(table.c.session == here["session"], table.c.index == here["index"])
