"""Measured cells kept in a file, so that an interrupted run goes on; a cell whose code or machine has changed is measured again.

One JSON object a line: the figures, the commit, the time, and what they hang on: the machine, and a digest of the folders whose
code was loaded. A line cut off by a kill is passed over.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ALWAYS = (
    "corpora/codebook.yaml", "corpora/training", "models", "tests/benchmarks/bench_stages.py", "tests/benchmarks/resampled.py",
)  # fmt: skip
LIBRARIES = (
    "numpy", "scipy", "scikit-learn", "pandas", "scikit-network", "onnxruntime", "tokenizers", "python-crfsuite", "spacy", "torch",
    "sentence-transformers", "bertopic", "umap-learn", "presidio-analyzer",
)  # fmt: skip
Row = dict[str, Any]


def machine() -> str:
    """Describe this machine: processor, cores, memory, system, Python."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        named = [x.split(":", 1)[1].strip() for x in info.read_text().splitlines() if x.startswith("model name")]
        model = named[0] if named else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


@cache
def _libraries() -> str:
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return hashlib.sha256("; ".join(found).encode()).hexdigest()[:12]


@cache
def _digest_of(place: str) -> str:
    path, h = ROOT / place, hashlib.sha256()
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        h.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
        with file.open("rb") as content:
            h.update(hashlib.file_digest(content, "sha256").digest())
    return h.hexdigest()


def digest(places: Iterable[str]) -> str:
    """Return a digest of what lies in these files and folders."""
    return hashlib.sha256(" ".join(_digest_of(p) for p in sorted({*places, *ALWAYS})).encode()).hexdigest()[:12]


def commit() -> str:
    """Name the commit that is checked out, with a `+` where `feedback/` or the benchmarks differ from it."""
    try:
        run = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=9", "--exclude=*"]
        named = subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()
        changed = ["git", "-C", str(ROOT), "status", "--porcelain", "--", "feedback", "models", "corpora", *ALWAYS]
        return named + ("+" if subprocess.run(changed, capture_output=True, text=True, check=True).stdout.strip() else "")
    except (OSError, subprocess.CalledProcessError):
        return "no commit"


class Kept:
    """The cells of a file, by stage, way and units; without a file nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._rows: dict[tuple[str, str, int], Row] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path and path.is_file() else ():
            try:
                row = json.loads(line)
                self._rows[row["stage"], row["way"], row["units"]] = row
            except (ValueError, KeyError, TypeError):
                continue

    def get(self, stage: str, way: str, units: int, *, limit: float) -> Row | None:
        """The cell, if it still holds here; one that was stopped holds for limits that are no larger."""
        row = self._rows.get((stage, way, units))
        if row is None or row["on"] != [machine(), _libraries()] or row["code"] != digest(row["of"]):
            return None
        return None if "stopped_s" in row and row["stopped_s"] < limit else row

    def add(self, row: Row, of: Iterable[str]) -> Row:
        """Write a cell with what it hangs on; return it so."""
        places = sorted(set(of))
        whole = {
            **row, "of": places, "code": digest(places), "on": [machine(), _libraries()], "commit": commit(),
            "at": time.strftime("%Y-%m-%d %H:%M"), "load": round(os.getloadavg()[0], 1),
        }  # fmt: skip
        self._rows[row["stage"], row["way"], row["units"]] = whole
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            torn = self.path.is_file() and self.path.stat().st_size and not self.path.read_bytes().endswith(b"\n")
            with self.path.open("a", encoding="utf-8") as out:
                out.write("\n" * bool(torn) + json.dumps(whole) + "\n")
                out.flush()
                os.fsync(out.fileno())
        return whole
