"""How much faster two workers of a Dask cluster are than one: python tests/benchmarks/two_workers.py [24000]

Screens (without the transformer) and codes by rules a resampled archive with one worker and with two, one thread each. On a busy
machine the clock tells of the neighbours, so it also prints what bounds the gain: the processor time of the one that gives out the
work and of those who do it. With c and w seconds, two workers can be (c + w) / (c + w / 2) times as fast as one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import resampled

from feedback.archive import Archive
from feedback.codebook import Codebook

ROOT = Path(__file__).parents[2]


def work(folder: Path, source: Path, client: Any) -> dict[str, tuple[float, float, float]]:
    """Stage -> wall, processor time here, processor time of the workers."""
    book = Codebook.load(ROOT / "corpora" / "codebook.yaml")
    found = {}
    with Archive(folder, scheduler=client) as archive:
        stages = {
            "read": lambda: archive.add(source), "screen": lambda: archive.screen(context=False),
            "rules": lambda: archive.tag(book, taggers=["rules"]), "embed": lambda: archive.embed(),
        }  # fmt: skip
        for name, stage in stages.items():
            start, mine, theirs = time.perf_counter(), time.process_time(), sum(client.run(time.process_time).values())
            stage()
            theirs = sum(client.run(time.process_time).values()) - theirs
            found[name] = time.perf_counter() - start, time.process_time() - mine, theirs
    return found


def main() -> int:
    """Warm the workers on a small archive, then measure."""
    from distributed import Client, LocalCluster

    n = int(sys.argv[1]) if len(sys.argv) > 1 else 24_000
    walls = {}
    with tempfile.TemporaryDirectory() as made:
        big, small = Path(made) / "big.jsonl", Path(made) / "small.jsonl"
        resampled.write(big, n)
        resampled.write(small, 7_000, seed=1)
        for workers in (1, 2):
            with (
                LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster,
                Client(cluster) as client,
            ):
                work(Path(made) / f"warm-{workers}", small, client)
                found = work(Path(made) / f"kept-{workers}", big, client)
            walls[workers] = sum(w for w, _, _ in found.values())
            for stage, (wall, mine, theirs) in found.items():
                bound = (mine + theirs) / (mine + theirs / 2)
                print(f"{workers} worker(s) {stage:<7} {wall:7.1f} s wall, {mine:6.1f} s here, {theirs:7.1f} s at the workers; "
                      f"two can gain {bound:.2f}", flush=True)  # fmt: skip
    print(f"two workers were {walls[1] / walls[2]:.2f} times as fast by the clock; "
          f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
