"""Carry N resampled units through an archive; print each stage's wall and processor time, memory, and growth exponents.

    python tests/benchmarks/archive_scale.py 1000 10000 100000 [--workers 2] [--topics]

Units are made by `resampled.py`: real words and lengths, nearly all distinct, no content. Nothing is remembered from one size to
the next. `processor` counts the workers too; `memory` is the most that this process and its workers held together.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import resampled

from feedback.archive import Archive
from feedback.codebook import Codebook

ROOT = Path(__file__).parents[2]


def processor() -> float:
    """Seconds of processor time of this process and those it has ended."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def family_memory() -> float:
    """MiB of memory that this process and its children hold now (proportional share of what they have in common)."""
    total = 0
    me = str(os.getpid())
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.name == me or path.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1] == me:
                lines = path.joinpath("smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024


class Watch:
    """The highest family_memory of a stage, looked at twice a second."""

    def __init__(self) -> None:
        self.most = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.5):
            self.most = max(self.most, family_memory())
        self.most = max(self.most, family_memory())


def brief(archive: Archive, out: Path) -> None:
    """Count what recurs and write the brief; units and codings stay on disk."""
    import feedback

    needs = feedback.crosswalk(feedback.summarize(archive.codings()), ROOT / "corpora" / "demo" / "plan.yaml")
    feedback.brief(needs).save(out)


def tables(archive: Archive, out: Path) -> None:
    """Write sessions, units, codings and the matrix as CSV."""
    import feedback
    from feedback.exchange import export

    codings = archive.codings()
    export(codings, feedback.summarize(codings), out)


def measure(n: int, *, workers: int, topics: bool) -> dict[str, tuple[float, float, float]]:
    """Stage -> wall seconds, processor seconds, MiB."""
    found: dict[str, tuple[float, float, float]] = {}
    book = Codebook.load(ROOT / "corpora" / "codebook.yaml")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "units.jsonl"
        share = resampled.write(source, n)
        print(f"{n:,} units, {source.stat().st_size / 2**20:.1f} MiB of JSON lines, {share:.3f} of the texts distinct", flush=True)
        stages: dict[str, Callable[[Archive], object]] = {
            "read": lambda a: a.add(source), "screen": lambda a: a.screen(context=False),
            "rules": lambda a: a.tag(book, taggers=["rules"]), "embed": lambda a: a.embed(),
            "brief": lambda a: brief(a, Path(folder) / "brief.html"), "tables": lambda a: tables(a, Path(folder) / "tables"),
        }  # fmt: skip
        if topics:
            stages["topics"] = lambda a: a.discover()
        for name, stage in stages.items():
            wall, cpu = time.perf_counter(), processor()
            with Watch() as watch:
                archive = Archive(Path(folder) / "archive", workers=workers)
                said = stage(archive)
                archive.close()
            found[name] = time.perf_counter() - wall, processor() - cpu, watch.most
            w, c, m = found[name]
            print(f"  {name:<7} {w:9.1f} s wall  {c:9.1f} s processor  {n / w:9.0f} units/s  {m:6.0f} MiB", flush=True)
            if getattr(said, "problems", ()):
                print(f"  {len(said.problems)} problems")  # type: ignore[attr-defined]
        kept = sum(p.stat().st_size for p in (Path(folder) / "archive").rglob("*") if p.is_file())
        print(f"  on disk {kept / 2**20:.0f} MiB")
    three = [found[s] for s in ("read", "screen", "rules")]
    print(f"  read, screen and rules: {sum(w for w, _, _ in three):.0f} s wall, {sum(c for _, c, _ in three):.0f} s processor, "
          f"{max(m for _, _, m in three):.0f} MiB", flush=True)  # fmt: skip
    return found


def main() -> int:
    """Measure each size; print the growth between the sizes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--topics", action="store_true")
    asked = parser.parse_args()
    found = {n: measure(n, workers=asked.workers, topics=asked.topics) for n in asked.sizes}
    for a, b in zip(asked.sizes, asked.sizes[1:], strict=False):
        grown = {s: math.log(found[b][s][1] / found[a][s][1]) / math.log(b / a) for s in found[a]}
        print(f"growth exponent of processor time, {a:,} to {b:,}: " + ", ".join(f"{s} {g:.2f}" for s, g in grown.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
