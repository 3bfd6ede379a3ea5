"""`make bench` goes on where it was killed, measures again what changed, and stops a cell at its limit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(autouse=True)
def _beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


def bench(kept: Path, *more: str, stages: str = "read", sizes: str = "100,200") -> list[str]:
    return [sys.executable, str(HERE / "bench.py"), "--no-write", "--sizes", sizes, "--stages", stages, "--kept", str(kept), *more]


def cells(kept: Path) -> list[dict]:
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.is_file() else []


@pytest.mark.slow
def test_a_killed_run_goes_on_and_what_changed_is_measured_again(tmp_path):
    kept = tmp_path / "new" / "cells.jsonl"
    with subprocess.Popen(bench(kept), stdout=subprocess.DEVNULL, start_new_session=True) as run:
        until = time.monotonic() + 60
        while len(cells(kept)) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGKILL)
    before = cells(kept)
    assert len(before) >= 2
    with kept.open("a") as file:
        file.write('{"stage": "read", "way": "feedb')  # as a kill leaves it
    done = subprocess.run(bench(kept), capture_output=True, text=True, check=True)
    whole = [json.loads(line) for line in kept.read_text().splitlines() if line.endswith("}")]
    assert whole[: len(before)] == before
    assert done.stdout.count(": kept of") == len(before)
    keys = [(r["stage"], r["way"], r["units"]) for r in whole]
    assert len(keys) == len(set(keys)) == 4  # read and its peer, two sizes
    assert "| read | feedback | 200 |" in done.stdout
    assert whole[0]["commit"] in done.stdout

    ours = next(i for i, r in enumerate(whole) if (r["stage"], r["way"], r["units"]) == ("read", "feedback", 100))
    assert all("feedback/ingest" in r["of"] for r in whole)  # a peer's cell is measured again with ours
    whole[ours]["code"] = "another"
    kept.write_text("".join(json.dumps(r) + "\n" for r in whole))
    again = subprocess.run(bench(kept), capture_output=True, text=True, check=True)
    assert again.stdout.count(": kept of") == 3
    assert len(cells(kept)) == 5
    kept.write_text("".join(json.dumps({**r, "on": ["another machine", "others"]}) + "\n" for r in cells(kept)))
    assert ": kept of" not in subprocess.run(bench(kept), capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_a_cell_is_stopped_at_its_limit_and_the_table_says_so(tmp_path):
    kept = tmp_path / "cells.jsonl"
    asked = bench(kept, "--limit", "0.1", stages="screen, without MiniLM", sizes="1000,2000")
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    rows = {r["way"]: r for r in cells(kept)}
    assert rows["feedback"]["stopped_s"] == 0.1
    assert [r["units"] for r in cells(kept)] == [1000, 1000]  # a larger size is not tried
    assert ": kept of" in subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def test_the_table_names_what_was_stopped_or_left_out():
    from bench import said_of, table

    base = {"stage": "read", "way": "feedback", "at": "2026-01-02 03:04", "load": 1.0, "commit": "abc"}
    rows = [
        {**base, "units": 1000, "words": 9000, "cpu_s": 3.0, "peak_mib": 10},
        {"stage": "read", "way": "feedback", "units": 10_000, "stopped_s": 600},
        {"stage": "read", "way": "feedback", "units": 100_000, "left_out_s": 7200},
    ]
    rows += [{**rows[1], "way": "a peer"}]
    line = table(rows[:3]).splitlines()[-1]
    assert line.startswith("| read | feedback | 1,000; 100,000 would take about 2.0 h; 10,000 was stopped after 10 min | 3,000 |")
    assert table(rows).splitlines()[-1] == "| read | a peer | 10,000 was stopped after 10 min | | | | | |"
    assert said_of(rows).startswith("2026-01-02, ")
    assert "code of abc." in said_of(rows)


def test_a_cell_that_waits_is_stopped_by_the_clock():
    run = [sys.executable, "-c", "import time; time.sleep(60)"]
    from bench import run as cell

    start = time.monotonic()
    assert cell(run, clock=0.5) is None
    assert time.monotonic() - start < 20
    assert cell([sys.executable, "-c", "raise SystemExit('no such data')"], clock=60) == "no such data"
