"""Plan files: areas, strategies, actions, and the codes they answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedback.codebook import Code
from feedback.errors import PlanError, Problem

__all__ = ["Action", "Area", "Plan", "Strategy"]

_KEYS = {
    "plan": {"id", "name", "name_es", "map", "note", "areas"},
    "area": {"id", "name", "name_es", "strategies", "cross_cutting"},
    "strategy": {"id", "name", "name_es", "serves", "lead", "status", "actions", "note"},
    "action": {"id", "name", "lead", "status"},
}
STATUSES = ("proposed", "planned", "under way", "done", "stopped")


@dataclass(frozen=True, slots=True)
class Action:
    """One step: who leads it, and where it stands."""

    id: str
    name: str
    lead: str = ""
    status: str = "planned"


@dataclass(frozen=True, slots=True)
class Strategy:
    """What the plan does about something: `serves` holds ids of codes, or `*` for every code of the area."""

    id: str
    name: str
    serves: tuple[str, ...] = ()
    lead: str = ""
    status: str = "planned"
    actions: tuple[Action, ...] = ()
    name_es: str = ""

    def said(self, language: str) -> str:
        """The name in a language; empty where nobody wrote one."""
        return self.name_es if language == "es" else self.name


@dataclass(frozen=True, slots=True)
class Area:
    """A priority area or goal; `id` is an entry of the plan's vocabulary in the codebook (`P3`)."""

    id: str
    name: str
    strategies: tuple[Strategy, ...] = ()
    cross_cutting: bool = False
    name_es: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A strategic plan. `map` names the codebook map (`plan`, `ocp_goal`) whose first entry is a code's area."""

    id: str
    name: str
    map: str = "plan"
    areas: tuple[Area, ...] = ()
    name_es: str = ""

    @classmethod
    def load(cls, path: str | Path) -> Plan:
        """Read a plan from YAML; raises PlanError with every problem and its line."""
        return _load(Path(path))

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        """Every strategy, in order."""
        return tuple(s for a in self.areas for s in a.strategies)

    def area(self, key: str) -> Area | None:
        """The area with this id, or None."""
        return next((a for a in self.areas if a.id == key), None)


class _Reader:
    """One file being read; collects problems with their lines."""

    def __init__(self, file: str) -> None:
        self.file, self.problems, self.ids = file, list[Problem](), set[str]()

    def wrong(self, line: int, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(self.file, f"line {line}", what, remedy))

    def fields(self, node: Any, kind: str) -> dict[str, Any]:
        """Key -> node of a mapping; unknown, repeated and missing keys are problems."""
        from ruamel.yaml import nodes

        if not isinstance(node, nodes.MappingNode):
            self.wrong(node.start_mark.line + 1, f"this {kind} is not a mapping of keys to values.")
            return {}
        out: dict[str, Any] = {}
        for key, value in node.value:
            line, name = key.start_mark.line + 1, str(key.value)
            if name not in _KEYS[kind]:
                self.wrong(line, f"a {kind} has no key `{name}`.", f"It has: {', '.join(sorted(_KEYS[kind]))}.")
            elif name in out:
                self.wrong(line, f"`{name}` stands here twice.")
            else:
                out[name] = value
        for name in ("id", "name"):
            if not self.text(out.get(name)):
                self.wrong(node.start_mark.line + 1, f"this {kind} has no `{name}`.")
        self._unique(out.get("id"))
        return out

    def _unique(self, node: Any) -> None:
        key = self.text(node)
        if key and key in self.ids:
            self.wrong(node.start_mark.line + 1, f"the id `{key}` is used twice.", "Give each a name of its own.")
        self.ids.add(key)

    def text(self, node: Any, default: str = "") -> str:
        from ruamel.yaml import nodes

        if node is None:
            return default
        if not isinstance(node, nodes.ScalarNode):
            self.wrong(node.start_mark.line + 1, "words are expected here, not a list or mapping.")
            return default
        return re.sub(r"\s+", " ", str(node.value)).strip()

    def items(self, node: Any) -> list[Any]:
        from ruamel.yaml import nodes

        if node is None:
            return []
        if not isinstance(node, nodes.SequenceNode):
            self.wrong(node.start_mark.line + 1, "a list is expected here.")
            return []
        return list(node.value)

    def status(self, node: Any) -> str:
        status = self.text(node, "planned")
        if status not in STATUSES:
            self.wrong(node.start_mark.line + 1, f"`{status}` is no status.", f"Write one of: {', '.join(STATUSES)}.")
        return status

    def strategy(self, node: Any) -> Strategy:
        f = self.fields(node, "strategy")
        actions = []
        for item in self.items(f.get("actions")):
            a = self.fields(item, "action")
            actions.append(
                Action(self.text(a.get("id")), self.text(a.get("name")), self.text(a.get("lead")), self.status(a.get("status")))
            )  # fmt: skip
        serves = tuple(self.text(x) for x in self.items(f.get("serves")))
        return Strategy(
            self.text(f.get("id")), self.text(f.get("name")), serves, self.text(f.get("lead")),
            self.status(f.get("status")), tuple(actions), self.text(f.get("name_es")),
        )  # fmt: skip

    def area(self, node: Any) -> Area:
        f = self.fields(node, "area")
        strategies = tuple(self.strategy(s) for s in self.items(f.get("strategies")))
        return Area(
            self.text(f.get("id")), self.text(f.get("name")), strategies, self.text(f.get("cross_cutting")) == "true",
            self.text(f.get("name_es")),
        )  # fmt: skip


def _load(path: Path) -> Plan:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        root = YAML(typ="safe", pure=True).compose(path.read_text(encoding="utf-8-sig"))
    except OSError as err:
        raise PlanError([Problem(path.name, "", f"cannot be opened ({err.strerror}).", "Check the name.")]) from None
    except UnicodeDecodeError:
        raise PlanError([Problem(path.name, "", "is not UTF-8.", "Save it as UTF-8.")]) from None
    except YAMLError as err:
        mark = getattr(err, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        raise PlanError([Problem(path.name, place, "is not YAML here.", "Check indents, colons and quotes.")]) from None
    if root is None:
        raise PlanError([Problem(path.name, "", "is empty.", "Write id, name and areas.")])
    reader = _Reader(path.name)
    f = reader.fields(root, "plan")
    plan = Plan(
        reader.text(f.get("id")), reader.text(f.get("name")), reader.text(f.get("map"), "plan"),
        tuple(reader.area(a) for a in reader.items(f.get("areas"))), reader.text(f.get("name_es")),
    )  # fmt: skip
    if not plan.areas and not reader.problems:
        reader.wrong(root.start_mark.line + 1, "the plan has no areas.")
    if reader.problems:
        raise PlanError(reader.problems)
    return plan


def primary(code: Code, plan: Plan) -> str | None:
    """The plan area that a code belongs to: the first entry of the map that the plan names."""
    entries = code.maps.get(plan.map, ())
    return entries[0] if entries else None


def answering(strategy: Strategy, area: Area, code: Code, plan: Plan) -> bool:
    """Whether a strategy answers a code: by its id, by an entry the code maps to first, or by `*` for its area's."""
    first = {m[0] for m in code.maps.values() if m}
    return any(k == code.id or k in first or (k == "*" and primary(code, plan) == area.id) for k in strategy.serves)


def check_codes(plan: Plan, *, codes: Mapping[str, tuple[str, ...]], file: str = "plan") -> None:
    """Raise PlanError where a strategy serves what is neither a code nor an entry some code maps to."""
    entries = {e for mapped in codes.values() for e in mapped}
    bad = [
        Problem(file, f"strategy {s.id}", f"serves `{x}`, which is neither a code nor an entry of the codebook.")
        for s in plan.strategies
        for x in s.serves
        if x not in codes and x not in entries and x != "*"
    ]
    if bad:
        raise PlanError(bad)
