"""Measure every stage of the line at growing sizes, each beside its peer in the same run, and write the README's table and plot.

    make bench                      # 1,000, 10,000 and 100,000 units where a stage can do it within the limit
    make bench SIZES=1000,10000,100000,1000000 LIMIT=1800
    python tests/benchmarks/bench.py [--sizes ...] [--limit 600] [--stages read;embed] [--kept FILE] [--no-write]

Units are resampled (`resampled.py`): their words and lengths are real, they are nobody's words, and no result about content is
read from them. Every cell is a process of its own on one thread, run once, set-up apart; small sizes of all stages come first.
Where a size would take longer than the limit by what the size before it took, it is left out and said so; a cell that reaches the
limit is stopped. `--kept FILE` keeps each finished cell (`kept.py`): an interrupted run goes on there, a cell whose code, libraries
or machine changed is measured again, and a peer's cell with ours. Growth is the exponent between the two largest sizes measured, of
processor time; 1 is linear.
The line over partitions, with one worker and with two, is measured by `archive_scale.py` and `two_workers.py`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kept import Kept, commit, machine

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
README, PLOT = ROOT / "README.md", HERE / "bench.svg"
BEGIN, END = "<!-- written by make bench -->", "<!-- end of what make bench wrote -->"
CLOCK = 4  # seconds by the clock, set-up included, for each second of processor time that a cell may take
ONE = {
    "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
}  # fmt: skip
Row = dict[str, Any]


def measure(sizes: list[int], limit: float, only: list[str], kept: Kept) -> list[Row]:
    """Run every stage, ours and its peer's, at every size that fits the limit; sizes from small to large over all stages."""
    from bench_stages import STAGES

    rows: list[Row] = []
    last: dict[tuple[str, str], Row | None] = {}  # None where no larger size is tried
    with tempfile.TemporaryDirectory() as folder:
        for n in sorted(sizes):
            for stage, ways in STAGES.items():
                beside: list[str] = []  # what our cell hangs on, its peers' cells hang on too
                for way in ways if not only or stage in only else ():
                    if (stage, way) in last and last[stage, way] is None:
                        continue
                    row = _cell(stage, way, n, before=last.get((stage, way)), limit=limit, kept=kept, folder=folder, beside=beside)
                    beside = row.get("of", beside) if way == "feedback" else beside
                    last[stage, way] = row if "cpu_s" in row else None
                    rows.append(row)
    order = list(STAGES)
    return sorted(rows, key=lambda r: (order.index(r["stage"]), list(STAGES[r["stage"]]).index(r["way"]), r["units"]))


def _cell(
    stage: str, way: str, n: int, *, before: Row | None, limit: float, kept: Kept, folder: str, beside: Sequence[str]
) -> Row:  # fmt: skip
    """One cell: kept, left out, or measured now."""
    named: Row = {"stage": stage, "way": way, "units": n}
    expected = before["cpu_s"] * (n / before["units"]) ** 1.1 if before else 0.0
    if expected > limit:
        return {**named, "left_out_s": round(expected)}
    found = kept.get(stage, way, n, limit=limit)
    if found and set(beside) <= set(found["of"]):
        print(f"{stage}, {way}, {n}: kept of {found['at']}", flush=True)
        return found
    made = run([sys.executable, str(HERE / "bench_stages.py"), stage, way, str(n), folder, str(limit)], clock=limit * CLOCK)
    if isinstance(made, str):
        print(f"{stage}, {way}, {n}: failed: {made}", file=sys.stderr, flush=True)
        return {**named, "failed": made}
    of = made.pop("of") if made else ["feedback"]
    row = kept.add({**named, **(made or {"stopped_s": limit})}, {*of, *beside})
    print(json.dumps({k: v for k, v in row.items() if k not in ("of", "code", "on")}), flush=True)
    return row


def run(call: list[str], *, clock: float) -> Row | str | None:
    """Run a cell's process; return what it printed, None where it was stopped at its limit, or why it failed.

    It is a group of its own, ended as a whole when the clock has run out or whoever asked interrupts.
    """
    with subprocess.Popen(
        call, env={**os.environ, **ONE}, text=True, process_group=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as cell:  # fmt: skip
        try:
            out, errors = cell.communicate(timeout=clock)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if cell.poll() is None:
                os.killpg(cell.pid, signal.SIGKILL)
                cell.communicate()
    if cell.returncode == -signal.SIGPROF:
        return None
    if cell.returncode:
        return (errors.strip().splitlines() or [f"ended with {cell.returncode}"])[-1]
    found: Row = json.loads(out.strip().splitlines()[-1])
    return found


def growth(rows: list[Row]) -> float | None:
    """Return the exponent of processor time between the two largest sizes, None where that is too little to tell."""
    done = [r for r in rows if r.get("cpu_s", 0) >= 0.02]
    if len(done) < 2:
        return None
    a, b = done[-2:]
    return math.log(b["cpu_s"] / a["cpu_s"]) / math.log(b["units"] / a["units"])


def table(rows: list[Row]) -> str:
    """Lay the figures out in Markdown: a line a stage and way."""
    out = [
        "| stage | who | units | words/s | processor s | peak MiB | growth | beside its peer, same size |",
        "|---|---|---|---|---|---|---|---|",
    ]
    stages = list(dict.fromkeys(r["stage"] for r in rows))
    for stage in stages:
        for way in dict.fromkeys(r["way"] for r in rows if r["stage"] == stage):
            mine = [r for r in rows if (r["stage"], r["way"]) == (stage, way)]
            done = [r for r in mine if "cpu_s" in r]
            left = [f"; {r['units']:,} would take about {_span(r['left_out_s'])}" for r in mine if "left_out_s" in r]
            left += [f"; {r['units']:,} was stopped after {_span(r['stopped_s'])}" for r in mine if "stopped_s" in r]
            left += [f"; {r['units']:,} failed" for r in mine if "failed" in r]
            if not done:
                out.append(f"| {stage} | {way} | {''.join(left)[2:]} | | | | | |")
                continue
            last, grows = done[-1], growth(done)
            out.append(
                f"| {stage} | {way} | {last['units']:,}{''.join(left)} | {_round(last['words'] / max(last['cpu_s'], 0.01)):,} "
                f"| {last['cpu_s']:,} | {last['peak_mib']:,} | {'' if grows is None else f'{grows:.2f}'} | {_beside(rows, done)} |"
            )
    return "\n".join(out)


def _beside(rows: list[Row], done: list[Row]) -> str:
    if done[0]["way"] != "feedback":
        return ""
    peers = [r for r in rows if r["stage"] == done[0]["stage"] and r["way"] != "feedback" and "cpu_s" in r]
    for peer in reversed(peers):
        ours = next((r for r in done if r["units"] == peer["units"]), None)
        if ours:
            faster = max(peer["cpu_s"], 0.01) / max(ours["cpu_s"], 0.01)
            said = f"{faster:,.0f} times as fast" if faster >= 9.5 else f"{faster:,.1f} times as fast"
            said = said if faster >= 1 else f"{1 / faster:,.1f} times as long"
            return f"{said}, {ours['peak_mib'] / peer['peak_mib']:.2f} of its memory, at {peer['units']:,}"
    return ""


def shares(rows: list[Row]) -> str:
    """Say how the time of the line falls on its stages, at the largest size that all of them did."""
    line = ["read", "screen", "tag, rules and model", "embed", "discover", "count"]
    ours = {s: {r["units"]: r["cpu_s"] for r in rows if (r["stage"], r["way"]) == (s, "feedback") and "cpu_s" in r} for s in line}
    common = set.intersection(*(set(v) for v in ours.values()))
    if not common:
        return ""
    n = max(common)
    total = sum(v[n] for v in ours.values())
    return f"Of the line's time at {n:,} units: " + ", ".join(f"{s} {ours[s][n] / total:.0%}" for s in line) + "."


def _round(x: float) -> int:
    if x < 1000:
        return round(x)
    step = 10 ** (int(math.log10(x)) - 1)
    return int(round(x / step) * step)


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{max(1, round(seconds / 60))} min"


def said_of(rows: list[Row]) -> str:
    """Say on which machine, when, and with which code the cells were measured."""
    done = [r for r in rows if "cpu_s" in r]
    days = sorted({r["at"][:10] for r in done}) or [date.today().isoformat()]
    loads = sorted(r["load"] for r in done) or [0.0]
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    codes = ", ".join(sorted({r["commit"] for r in done})) or commit()
    return f"{when}, {machine()}; load {loads[0]} to {loads[-1]}; code of {codes}. One thread, each cell run once."


def plot(rows: list[Row]) -> None:
    """Draw processor time against size, ours and the peers', both logarithmic."""
    import altair
    import vl_convert

    done = [r for r in rows if r.get("cpu_s", 0) > 0]
    points = [{**r, "who": "feedback" if r["way"] == "feedback" else "its peer"} for r in done]
    size = altair.X("units:Q", scale=altair.Scale(type="log"), title="units", axis=altair.Axis(format="~s"))
    cost = altair.Y("cpu_s:Q", scale=altair.Scale(type="log"), title="processor seconds", axis=altair.Axis(format="~g"))
    who = altair.Color("who:N", title=None, scale=altair.Scale(domain=["feedback", "its peer"], range=["#0b4f6c", "#c05621"]))
    base = altair.Chart(altair.Data(values=points)).encode(x=size, y=cost, color=who, detail="way:N")
    lines = base.mark_line(strokeWidth=2).encode(strokeDash=altair.StrokeDash("who:N", legend=None))
    drawn = (lines + base.mark_point(filled=True, size=40)).properties(width=190, height=150)
    stages = list(dict.fromkeys(r["stage"] for r in done))
    grid = drawn.facet(facet=altair.Facet("stage:N", title=None, sort=stages), columns=3)
    drawing = vl_convert.vegalite_to_svg(grid.to_dict())
    PLOT.write_text(re.sub(r"<[^>]*>", _shorter, drawing), encoding="utf-8")


def _shorter(tag: re.Match[str]) -> str:
    """A tag of a drawing without what is said to screen readers (the README says it) and with places to a tenth of a point."""
    said = re.sub(r' (?:aria-[a-z]+|role|class)="[^"]*"', "", tag[0])
    return re.sub(r"-?\d+\.\d{2,}", lambda m: f"{float(m[0]):.1f}", said)


def write(rows: list[Row]) -> None:
    """Put table, shares and machine between the marks in the README."""
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    picture = f"![Processor seconds by units, each stage beside its peer]({PLOT.relative_to(ROOT)})"
    said = [BEGIN, "", said_of(rows), "", table(rows), "", shares(rows), "", picture, "", END]
    README.write_text(head + "\n".join(said) + tail, encoding="utf-8")


def main() -> int:
    """Measure, print, and unless asked not to, write README and plot."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sizes", default="1000,10000,100000")
    ask.add_argument("--limit", type=float, default=600, help="seconds of processor time a cell may take")
    ask.add_argument("--stages", default="", help="names parted by ;")
    ask.add_argument("--kept", type=Path, help="file that keeps finished cells, to go on after an interruption")
    ask.add_argument("--no-write", action="store_true")
    asked = ask.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sizes = [int(n) for n in asked.sizes.split(",")]
        rows = measure(sizes, asked.limit, [s for s in asked.stages.split(";") if s], Kept(asked.kept))
    except KeyboardInterrupt:
        print(f"interrupted; {f'finished cells are in {asked.kept}' if asked.kept else 'nothing is kept'}", file=sys.stderr)
        return 130
    print(said_of(rows), table(rows), shares(rows), sep="\n\n")
    if not asked.no_write:
        plot(rows)
        write(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
