"""Print how well the readers read the gold sessions: F1 of exact units, role, kind, verbatim, agreement, fields.

    python tests/benchmarks/read_gold.py [--misses] [FOLDER]

FOLDER holds `sessions/`, `truth.jsonl` and `sessions.jsonl` (default: corpora/gold). Units are matched by their text after
white-space folding, in order, duplicates counted; two units of the truth by one speaker, next to one another, count as
found where the reader gives them joined (the key calls that no error), and so do they where it gives them apart.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feedback.corpus import Session, Turn
from feedback.errors import ReadError
from feedback.ingest._folder import read_file

FIELDS = ("session", "format", "month", "audience", "languages", "participants", "spa", "recorded", "quote_consent")
ROOT = Path(__file__).parents[2]


def fold(text: str) -> str:
    return " ".join(text.split())


@dataclass
class Score:
    """Counts for one file, or for all of them."""

    wanted: int = 0
    got: int = 0
    matched: int = 0
    right: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    fields: int = 0
    fields_right: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.matched / (self.wanted + self.got) if self.wanted + self.got else 1.0

    def share(self, name: str) -> float:
        return self.right[name] / self.matched if self.matched else 0.0

    @property
    def field_share(self) -> float:
        return self.fields_right / self.fields if self.fields else 1.0

    def add(self, other: Score) -> None:
        for name in ("wanted", "got", "matched", "fields", "fields_right"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, count in other.right.items():
            self.right[name] += count
        self.misses += other.misses


def match(truth: list[dict[str, Any]], turns: list[Turn]) -> list[tuple[dict[str, Any], Turn]]:
    """Pair units by exact folded text; where several are the same, in order."""
    open_turns: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        open_turns[fold(turn.text)].append(turn)
    pairs, left = [], []
    for unit in truth:
        same = open_turns.get(fold(unit["text"]))
        if same:
            pairs.append((unit, same.pop(0)))
        else:
            left.append(unit)
    for first, second in itertools.pairwise(left):  # joined neighbours of one speaker
        joined = open_turns.get(fold(f"{first['text']} {second['text']}"))
        if joined and first["speaker"] == second["speaker"] and second["i"] == first["i"] + 1:
            turn = joined.pop(0)
            pairs += [(first, turn), (second, turn)]
    return pairs


def score_session(session: Session, truth: list[dict[str, Any]], wanted: dict[str, Any]) -> Score:
    """Score one session against its truth."""
    turns = list(session.turns)
    pairs = match(truth, turns)
    found = {id(u) for u, _ in pairs}
    used = {id(t) for _, t in pairs}
    score = Score(wanted=len(truth), got=len(turns) + len(pairs) - len(used), matched=len(pairs))
    score.misses += [f"{session.id} missing #{u['i']}: {u['text'][:110]}" for u in truth if id(u) not in found]
    score.misses += [f"{session.id} extra   #{t.index}: {t.text[:110]}" for t in turns if id(t) not in used]
    for unit, turn in pairs:
        for name, value in (
            ("role", turn.role),
            ("kind", turn.kind),
            ("verbatim", turn.verbatim),
            ("agreement", turn.agreement),
            ("speaker", turn.speaker.label),
        ):
            score.right[name] += value == unit[name]
            if value != unit[name]:
                score.misses.append(
                    f"{session.id} {name} #{unit['i']}: wanted {unit[name]}, got {value}: {unit['text'][:80]}"
                )
    for name in FIELDS:
        value = session.id if name == "session" else getattr(session, name)
        value = list(value) if isinstance(value, tuple) else value
        score.fields += 1
        score.fields_right += value == wanted.get(name)
        if value != wanted.get(name):
            score.misses.append(f"{session.id} field {name}: wanted {wanted.get(name)}, got {value}")
    return score


def run(folder: Path) -> dict[str, Score]:
    """Score every session of a folder; the key `all` holds the sum."""
    truth = [json.loads(x) for x in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    scores: dict[str, Score] = {"all": Score()}
    for line in (folder / "sessions.jsonl").read_text(encoding="utf-8").splitlines():
        wanted = json.loads(line)
        units = [u for u in truth if u["session"] == wanted["session"]]
        try:
            session, _ = read_file(folder / "sessions" / wanted["file"])
            score = score_session(session, units, wanted)
        except ReadError as error:
            score = Score(wanted=len(units), fields=len(FIELDS), misses=[str(error)])
        scores[wanted["session"]] = score
        scores["all"].add(score)
    return scores


def main(arguments: list[str]) -> None:
    """Print the table."""
    folders = [a for a in arguments if not a.startswith("-")]
    scores = run(Path(folders[0]) if folders else ROOT / "corpora" / "gold")
    print(
        f"{'session':10} {'units':>6} {'F1':>6} {'role':>6} {'kind':>6} {'verb.':>6} {'agree':>6} {'speak.':>6} "
        f"{'fields':>6}"
    )
    for name, s in scores.items():
        shares = " ".join(f"{s.share(x):6.3f}" for x in ("role", "kind", "verbatim", "agreement", "speaker"))
        print(f"{name:10} {s.wanted:6} {s.f1:6.3f} {shares} {s.field_share:6.3f}")
    if "--misses" in arguments:
        print("\n".join(scores["all"].misses))


if __name__ == "__main__":
    main(sys.argv[1:])
