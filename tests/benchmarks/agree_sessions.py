"""Count the invented sessions of the training material and hold their two codings against each other.

    python tests/benchmarks/agree_sessions.py [FOLDER] [--only PREFIX] [--per-code]

FOLDER defaults to corpora/training/sessions; --only S-K takes the sessions whose name begins so.
"""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from feedback.tagging._coded import session_rows

FOLDER = Path(__file__).parents[2] / "corpora" / "training" / "sessions"


def f1(both: int, one: int, other: int) -> float:
    return 2 * both / (one + other) if one + other else 1.0


def read(folder: Path, only: str) -> list[dict[str, Any]]:
    paths = sorted(folder.glob(f"{only}*.jsonl"))
    return [row for path in paths for row in session_rows(path)]


def report(units: list[dict[str, Any]], per_code: bool) -> None:
    said = [r for r in units if r["role"] == "participant"]
    pairs = [(set(r["codes"]), set(r["coder2"]["codes"])) for r in said]
    first, second = (Counter(c for pair in pairs for c in pair[k]) for k in (0, 1))
    both = Counter(c for a, b in pairs for c in a & b)
    print(f"{len({r['session'] for r in units})} sessions, {len(units)} units, {len(said)} of participants")
    print(f"codes a unit {first.total() / len(said):.2f} and {second.total() / len(said):.2f};", end=" ")
    print(f"without a code {sum(not a for a, _ in pairs)} and {sum(not b for _, b in pairs)}")
    print(f"codes, micro-F1 {f1(both.total(), first.total(), second.total()):.3f}", end="; ")
    print("same in " + ", ".join(f"{k} {same(said, k):.3f}" for k in ("category", "polarity", "about")))
    for key in ("audience", "lang", "form", "category", "polarity", "about"):
        print(f"{key}: " + ", ".join(f"{v} {n}" for v, n in Counter(r[key] for r in said).most_common()))
    for code in sorted(first | second, key=lambda c: first[c]) if per_code else ():
        print(f"{code:30} {first[code]:4} {second[code]:4}  F1 {f1(both[code], first[code], second[code]):.2f}")


def same(said: list[dict[str, Any]], key: str) -> float:
    return sum(r[key] == r["coder2"][key] for r in said) / len(said)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--only", default="S-")
    parser.add_argument("--per-code", action="store_true")
    asked = parser.parse_args()
    report(read(asked.folder, asked.only), asked.per_code)
