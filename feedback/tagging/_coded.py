"""The coded units that the learned tagger is made from, and coded sessions that it is measured on, as they lie in `corpora/`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.corpus import Corpus, Segment, Session, Speaker, Turn

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

HELD = frozenset(
    """
    S-E33 S-E36 S-E38 S-E42 S-E45 S-F32 S-F34 S-F37 S-F40 S-K33 S-K36 S-K39 S-K42 S-K48 S-Y33 S-Y37 S-Y39 S-Y42 S-Y46
    """.split()  # noqa: SIM905
)  # sessions of validation: weights and thresholds are chosen on them, nothing else learns from them


@dataclass(frozen=True)
class Coded:
    """Units with what their coder said of them: `rows` have codes, category, polarity, about."""

    units: list[Segment]
    rows: list[dict[str, Any]]

    def matrix(self, codes: Sequence[str]) -> Array:
        """Return the codes as 0/1, float32 (units, codes)."""
        import numpy as np

        return np.array([[float(c in r["codes"]) for c in codes] for r in self.rows], np.float32)

    def second(self, codes: Sequence[str]) -> Array:
        """Return the second coder's codes likewise; the first's where there was one only."""
        import numpy as np

        return np.array([[float(c in r.get("coder2", r)["codes"]) for c in codes] for r in self.rows], np.float32)


def lines(path: Path) -> list[dict[str, Any]]:
    """Read a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def session_rows(path: Path) -> list[dict[str, Any]]:
    """Read a whole coded session, every field of every unit filled in from what its lines need not repeat.

    On file a line leaves out who speaks and how where that is as in the line before, codings that are plain (no code, other,
    none) and, under `coder2`, what the second reading left as it was; `asked` is the number of the line that it answers.
    """
    plain = {"codes": [], "category": "other", "polarity": "none", "about": "none"}
    rows: list[dict[str, Any]] = []
    now: dict[str, Any] = {}
    for k, r in enumerate(lines(path)):
        now |= {f: r[f] for f in ("role", "speaker", "audience", "lang", "form") if f in r}
        row = {"id": f"{path.stem}-{k:03d}", "session": path.stem, "i": k, **now, "text": r["text"]}
        row["prompt"] = rows[r["asked"]]["text"] if "asked" in r else None
        row["before"] = rows[-1]["text"] if rows else None
        first = {f: r.get(f, d) for f, d in plain.items()}
        rows.append(row | first | {"coder2": first | r.get("coder2", {})})
    return rows


def training_units(folder: Path) -> Coded:
    """Read `w*.jsonl`: each unit in a session of its own, after its prompt and the turn before it where it has them."""
    units, rows = [], []
    for path in sorted(folder.glob("w*.jsonl")):
        for r in lines(path):
            turns = [Turn(0, r["prompt"], Speaker(None, "facilitator"), "prompt")] if r.get("prompt") else []
            if r.get("before"):
                turns.append(Turn(len(turns), r["before"], Speaker()))
            kind = "note" if r.get("form") in ("note", "sticky", "bullet", "cell") else "speech"
            asked = 0 if r.get("prompt") else None
            turns.append(Turn(len(turns), r["text"], Speaker(), kind, r.get("lang"), prompt=asked))  # type: ignore[arg-type]
            session = Session(r["id"], tuple(turns), audience=r.get("audience"))
            units.append(Segment(f"{r['id']}#{len(turns) - 1}", turns[-1], session))
            rows.append(r)
    return Coded(units, rows)


def written_sessions(folder: Path, *, held: bool | None = None) -> Coded:
    """Read whole coded sessions (`*.jsonl`, one a session): what participants and interpreters say, in order.

    `held` asks for the sessions of validation only (True) or for the others (False).
    """
    units, rows = [], []
    for path in sorted(folder.glob("*.jsonl")):
        if held is not None and held != (path.stem in HELD):
            continue
        said = session_rows(path)
        asked = {r["prompt"] for r in said if r.get("prompt")}
        turns: list[Turn] = []
        last: dict[str, int] = {}
        for k, r in enumerate(said):
            people = r["role"] in ("participant", "interpreter")
            noted = "note" if r.get("form") in ("note", "sticky", "bullet", "cell") else "speech"
            kind = noted if people else "prompt" if r["text"] in asked else "process"
            prompt = last.get(r.get("prompt") or "")
            turns.append(Turn(k, r["text"], Speaker(r.get("speaker"), r["role"]), kind, r.get("lang"), prompt=prompt))  # type: ignore[arg-type]
            last[r["text"]] = k
        session = Session(said[0]["session"], tuple(turns), audience=said[0]["audience"])
        for t, r in zip(turns, said, strict=True):
            if r["role"] in ("participant", "interpreter"):
                units.append(Segment(f"{session.id}#{t.index}", t, session))
                rows.append(r)
    return Coded(units, rows)


def truth_corpus(folder: Path) -> Corpus:
    """Build the sessions of a folder of truth files; a unit answers the last heading or question before it."""
    heads = {r["session"]: r for p in sorted(folder.glob("sessions*.jsonl")) for r in lines(p)}
    turns: dict[str, list[Turn]] = {}
    asked: dict[str, int] = {}
    files = [folder / "truth.jsonl"] if (folder / "truth.jsonl").is_file() else sorted(folder.glob("LS-*.jsonl"))
    for r in (r for p in files for r in lines(p)):
        mine = turns.setdefault(r["session"], [])
        prompt = None if r["kind"] == "prompt" else asked.get(r["session"])
        mine.append(Turn(
            len(mine), r["text"], Speaker(r["speaker"], r["role"]), r["kind"], r["lang"], r["verbatim"], r["agreement"],
            prompt=prompt,
        ))  # fmt: skip
        if r["kind"] == "prompt":
            asked[r["session"]] = len(mine) - 1
    return Corpus(tuple(Session(s, tuple(t), audience=heads[s]["audience"]) for s, t in turns.items()))


def coded_sessions(folder: Path, pattern: str) -> Coded:
    """Read the coded units of a folder of sessions, in order."""
    given = {f"{r['session']}#{r['i']}": r for p in sorted(folder.glob(pattern)) for r in lines(p)}
    units = [s for s in truth_corpus(folder).segments(everyone=True) if s.ref in given]
    return Coded(units, [given[s.ref] for s in units])


def phrases(path: Path) -> list[tuple[str, str]]:
    """Read `phrases.txt`: (code, phrase); code `none` where nobody's."""
    out, code = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            code = line.strip("[] ")
        elif line and not line.startswith("#"):
            out += [(code, p.strip()) for p in line.split(" / ")]
    return out
