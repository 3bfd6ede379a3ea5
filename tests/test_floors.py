"""The floors of the house: imports go down only, neighbours stay apart, nothing heavy at the door."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "feedback"
FLOORS = [
    {"errors"},
    {"corpus", "crew", "gloss", "networks"},
    {"ingest", "privacy", "codebook"},
    {"tagging", "topics"},
    {"archive", "findings"},
    {"plan"},
    {"briefs", "exchange", "store"},
    {"project"},
    {"cli", "web"},
]
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}
HEAVY = {
    "torch", "spacy", "sklearn", "bertopic", "pandas", "numpy", "scipy", "transformers", "onnxruntime", "docx",
    "sqlalchemy", "weasyprint", "pdfplumber", "pypdfium2", "sknetwork", "vl_convert", "tokenizers",
}  # fmt: skip


def _files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: write imports in full"
            found |= {node.module or ""} | {f"{node.module}.{a.name}" for a in node.names}
    return found


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _top_level_imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("path", _files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    room = _room(path)
    if room in ("__init__", "__main__"):
        return
    assert room in FLOOR, f"{room} has no floor"
    for name in _imports(path):
        parts = name.split(".")
        assert name != "feedback", f"{path.name} imports the face"
        if parts[0] != "feedback" or len(parts) < 2 or parts[1] == "__version__":
            continue
        other = parts[1]
        assert other in FLOOR, f"{path.name} imports feedback.{other}, which has no floor"
        assert other == room or FLOOR[other] < FLOOR[room], f"{room} may not import {other}"


@pytest.mark.parametrize("path", _files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_private_modules_stay_private(path: Path) -> None:
    room = _room(path)
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] == "feedback" and len(parts) > 2 and parts[2].startswith("_") and not parts[2].startswith("__"):
            assert parts[1] == room, f"{path.relative_to(PACKAGE)} reaches into {name}"


def test_no_circles() -> None:
    graph = {}
    for path in _files():
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used: set[str] = set()
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                used |= {node.module or ""} | {f"{node.module}.{a.name}" for a in node.names}
        graph[name] = used
    graph = {n: {u for u in used if u in graph and u != n} for n, used in graph.items()}

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        todo = list(graph[start])
        while todo:
            n = todo.pop()
            if n not in seen:
                seen.add(n)
                todo += graph[n]
        return seen

    assert [n for n in graph if n in reach(n)] == []


@pytest.mark.parametrize("path", _files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_heavy_at_module_level(path: Path) -> None:
    doors = {"sqlalchemy"} if _room(path) == "store" and path.name != "__init__.py" else set()
    assert not _top_level_imports(path) & (HEAVY - doors)


@pytest.mark.parametrize("path", _files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_fits_in_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


HELP = """
from click.testing import CliRunner
import feedback.cli as c
assert CliRunner().invoke(c.main, ["--help"]).exit_code == 0
"""


@pytest.mark.parametrize("code", ["import feedback", HELP])
def test_the_door_is_light(code: str) -> None:
    check = f"{code}\nimport sys\nbad = {HEAVY!r} & set(sys.modules)\nassert not bad, bad"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_only_the_command_line_prints() -> None:
    for path in _files():
        if _room(path) in ("cli", "__main__"):
            continue
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        assert not [n for n in calls if isinstance(n.func, ast.Name) and n.func.id == "print"], path
