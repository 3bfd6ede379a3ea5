"""Measure every stage of the line at growing sizes, each beside its peer in the same run, and write the README's table and plot.

    make bench                      # 1,000, 10,000 and 100,000 units where a stage can do it within the limit
    make bench SIZES=1000,10000,100000,1000000 LIMIT=1800
    python tests/benchmarks/bench.py [--sizes ...] [--limit 600] [--stages read,embed] [--no-write]

Units are resampled (`resampled.py`): their words and lengths are real, they are nobody's words, and no result about content is
read from them. Every cell is a process of its own on one thread, run once, set-up apart. Where a size would take longer than
the limit by what the size before it took, it is left out and said so. Growth is the exponent between the two largest sizes
measured, of processor time; 1 is linear.
The line over partitions, with one worker and with two, is measured by `archive_scale.py` and `two_workers.py`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
README, PLOT = ROOT / "README.md", HERE / "bench.svg"
BEGIN, END = "<!-- written by make bench -->", "<!-- end of what make bench wrote -->"
Row = dict[str, Any]


def measure(sizes: list[int], limit: float, only: list[str]) -> list[Row]:
    """Run every stage, ours and its peer's, at every size that fits the limit."""
    from bench_stages import STAGES

    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for stage, ways in STAGES.items():
            for way in ways if not only or stage in only else ():
                before: Row | None = None
                for n in sizes:
                    expected = before["cpu_s"] * (n / before["units"]) ** 1.1 if before else 0.0
                    if expected > limit:
                        rows.append({"stage": stage, "way": way, "units": n, "left_out_s": round(expected)})
                        break
                    call = [sys.executable, str(HERE / "bench_stages.py"), stage, way, str(n), folder]
                    done = subprocess.run(call, env={**os.environ, **one}, capture_output=True, text=True, check=False)
                    if done.returncode:
                        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                        print(f"{stage}, {way}, {n}: failed: {why}", file=sys.stderr)
                        break
                    before = json.loads(done.stdout.strip().splitlines()[-1])
                    rows.append(before)
                    print(json.dumps(before), flush=True)
    return rows


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
            if not done:
                continue
            last, grows = done[-1], growth(done)
            left = [f"; {r['units']:,} would take about {_span(r['left_out_s'])}" for r in mine if "left_out_s" in r]
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
            faster = peer["cpu_s"] / max(ours["cpu_s"], 0.01)
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


def machine() -> str:
    """Describe this machine: processor, cores, memory, system, Python."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        named = [x.split(":", 1)[1].strip() for x in info.read_text().splitlines() if x.startswith("model name")]
        model = named[0] if named else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}; "
        f"load {os.getloadavg()[0]:.1f} at the end"
    )


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
    PLOT.write_text(vl_convert.vegalite_to_svg(grid.to_dict()), encoding="utf-8")


def write(rows: list[Row]) -> None:
    """Put table, shares and machine between the marks in the README."""
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    when = f"{date.today().isoformat()}, {machine()}. One thread, each cell run once."
    picture = f"![Processor seconds by units, each stage beside its peer]({PLOT.relative_to(ROOT)})"
    said = [BEGIN, "", when, "", table(rows), "", shares(rows), "", picture, "", END]
    README.write_text(head + "\n".join(said) + tail, encoding="utf-8")


def main() -> int:
    """Measure, print, and unless asked not to, write README and plot."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sizes", default="1000,10000,100000")
    ask.add_argument("--limit", type=float, default=600, help="seconds of processor time a cell may take")
    ask.add_argument("--stages", default="", help="names parted by ;")
    ask.add_argument("--no-write", action="store_true")
    asked = ask.parse_args()
    rows = measure([int(n) for n in asked.sizes.split(",")], asked.limit, [s for s in asked.stages.split(";") if s])
    print(machine(), table(rows), shares(rows), sep="\n\n")
    if not asked.no_write:
        plot(rows)
        write(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
