"""Every sentence that code can tell a person, found in its syntax: constants, choices between them, f-strings as patterns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

ERRORS = {
    "Problem", "FeedbackError", "ReadError", "UnsupportedFormat", "RefusedFile", "TableError", "ManifestError", "CodebookError",
    "PlanError", "LeakError", "RefError", "VerifyError", "StoreError", "NotInstalled",
}  # fmt: skip
ORDER = {"Problem": ("file", "place", "what", "remedy")}
DEEP = 8
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Here:
    """What names stand for at one place: values given in the function around it, and the function whose parameters they may be."""

    names: dict[str, list[ast.expr]] = field(default_factory=dict)
    function: Function | None = None


@dataclass(frozen=True)
class Sentence:
    """One thing that can be said: where it is made, which part of the message it is, `{}` for what is put in at run time."""

    where: str
    part: str
    words: str


class Told:
    """What the modules of a folder can say."""

    def __init__(self, paths: list[Path]) -> None:
        self._trees = {p: ast.parse(p.read_text(encoding="utf-8")) for p in paths}
        self._shared: dict[str, list[ast.expr]] = {}
        self._called: dict[str, list[tuple[ast.Call, Here]]] = {}
        for tree in self._trees.values():
            for name, values in _bound(tree.body).items():
                self._shared.setdefault(name, []).extend(values)
            for call, here in _calls(tree, Here()):
                self._called.setdefault(_name(call), []).append((call, here))

    def sentences(self) -> Iterator[Sentence]:
        """Every part of every error and problem that is made, in each of its forms."""
        for path, tree in self._trees.items():
            for call, here in _calls(tree, Here()):
                if _name(call) in ERRORS:
                    for part, value in _parts(call):
                        for words in self._forms(value, here, 0):
                            yield Sentence(f"{path.name}:{call.lineno}", part, words)

    def _forms(self, node: ast.expr, here: Here, deep: int) -> list[str]:
        match node:
            case ast.Constant(value=str() as words):
                return [words]
            case ast.JoinedStr(values=values):
                return ["".join(p) for p in product(*(self._forms(v, here, deep) for v in values))]
            case ast.FormattedValue(value=inner):
                return self._forms(inner, here, deep)
            case ast.BinOp(left=a, op=ast.Add(), right=b):
                return ["".join(p) for p in product(self._forms(a, here, deep), self._forms(b, here, deep))]
            case ast.IfExp(body=a, orelse=b):
                return self._forms(a, here, deep) + self._forms(b, here, deep)
            case ast.BoolOp(values=values):
                return [p for v in values for p in self._forms(v, here, deep)]
            case ast.Subscript() | ast.Name() | ast.Call():
                found = self._values(node, here, deep) if deep < DEEP else []
                return list(dict.fromkeys(p for v, at in found for p in self._forms(v, at, deep + 1))) or ["{}"]
        return ["{}"]

    def _values(self, node: ast.expr, here: Here, deep: int) -> list[tuple[ast.expr, Here]]:
        """What an expression may stand for, as other expressions: names, parameters, places in tuples, values of dictionaries."""
        if deep >= DEEP:
            return []
        match node:
            case ast.Name(id=name):
                own = [(v, here) for v in here.names.get(name, ())]
                return own or self._given(name, here) or [(v, Here()) for v in self._shared.get(name, ())]
            case ast.Subscript(value=value, slice=ast.Constant(value=int() as n)):
                found = [(v, at) for v, at in self._values(value, here, deep + 1) or [(value, here)]]
                return [(v.elts[n], at) for v, at in found if isinstance(v, ast.Tuple | ast.List) and n < len(v.elts)]
            case ast.Subscript(value=value) | ast.Call(func=ast.Attribute(value=value, attr="get")):
                found = self._values(value, here, deep + 1) or [(value, here)]
                rest = node.args[1:] if isinstance(node, ast.Call) else []
                return [(x, at) for v, at in found if isinstance(v, ast.Dict) for x in v.values] + [(r, here) for r in rest]
        return []

    def _given(self, name: str, here: Here) -> list[tuple[ast.expr, Here]]:
        """What callers give for a parameter."""
        if here.function is None:
            return []
        args = here.function.args
        names = [a.arg for a in args.args]
        own = names[:1] in (["self"], ["cls"])
        names = names[1:] if own else names
        out: list[tuple[ast.expr, Here]] = []
        if name not in names and name not in {a.arg for a in args.kwonlyargs}:
            return out
        defaults = dict(zip(reversed(names), reversed(args.defaults), strict=False))
        for call, at in self._called.get(here.function.name, ()):
            named = {k.arg: k.value for k in call.keywords}
            place = names.index(name) if name in names else len(call.args)
            value = named.get(name) or (call.args[place] if place < len(call.args) else defaults.get(name))
            if value is not None:
                out.append((value, at))
        return out


def _bound(body: list[ast.stmt]) -> dict[str, list[ast.expr]]:
    """Names given a value in these statements, however deep, but not inside functions of their own."""
    out: dict[str, list[ast.expr]] = {}
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        pairs: list[tuple[ast.expr, ast.expr | None]] = []
        match node:
            case ast.Assign(targets=targets, value=value):
                pairs = [(t, value) for t in targets]
            case ast.AnnAssign(target=target, value=value):
                pairs = [(target, value)]
            case ast.For(target=target, iter=ast.Tuple(elts=values) | ast.List(elts=values)):
                pairs = [(target, v) for v in values]
            case ast.NamedExpr(target=target, value=value):
                pairs = [(target, value)]
        for target, value in pairs:
            for name, one in _pair(target, value):
                out.setdefault(name, []).append(one)
        todo += ast.iter_child_nodes(node)
    return out


def _pair(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name) and value is not None:
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        for n, one in enumerate(target.elts):
            if isinstance(value, ast.Tuple) and n < len(value.elts):
                yield from _pair(one, value.elts[n])
            elif value is not None and not isinstance(value, ast.Tuple):
                yield from _pair(one, ast.Subscript(value=value, slice=ast.Constant(n), ctx=ast.Load()))


def _calls(node: ast.AST, here: Here) -> Iterator[tuple[ast.Call, Here]]:
    """Every call, with what the names around it stand for."""
    if isinstance(node, Function):
        here = Here({**here.names, **_bound(node.body)}, node)
    if isinstance(node, ast.Call):
        yield node, here
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, here)


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _parts(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    named = [(k.arg or "", k.value) for k in call.keywords]
    for part, value in [*zip(ORDER.get(_name(call), ("what",)), call.args, strict=False), *named]:
        if part in ("place", "what", "remedy") and not isinstance(value, ast.List | ast.Tuple | ast.ListComp):
            yield part, value
