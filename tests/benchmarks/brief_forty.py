"""How long a brief of forty sessions takes after tagging, and how much memory: python tests/benchmarks/brief_forty.py

Forty sessions are made by drawing with replacement from corpora/demo and corpora/gold (seed 0): a drawn session keeps its units and
codings under a new code. The project file is made once and reused while it lies in the folder given. Each format is
written by a process of its own: processor time, and peak memory as the system counts it. Development corpora.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
SESSIONS = 40
FORMATS = (".html", ".docx", ".pdf", ".xlsx", ".pptx", ".md")


def build(file: Path) -> None:
    """Screen and tag the real sessions once, then keep forty drawn ones with their codings."""
    import feedback
    from feedback.corpus import Corpus
    from feedback.privacy._audit import certificate_id
    from feedback.project import Project

    read = [*feedback.read(ROOT / "corpora" / "demo"), *feedback.read(ROOT / "corpora" / "gold" / "sessions")]
    cleared = feedback.screen(Corpus(tuple({s.id: s for s in read}.values()))).apply()
    book = feedback.Codebook.load(ROOT / "corpora" / "demo" / "codebook.yaml")
    codings = feedback.tag(cleared, book)
    rng, drawn, kept, said = random.Random(0), [], [], {}
    by_session: dict[str, list[object]] = {}
    for c in codings:
        by_session.setdefault(c.ref.split("#")[0], []).append(c)
    for i in range(SESSIONS):
        s = rng.choice(list(cleared))
        drawn.append(replace(s, id=f"D{i:02}", sha256=f"{i:064}"))
        for c in by_session.get(s.id, ()):
            kept.append(replace(c, ref=c.ref.replace(s.id, f"D{i:02}", 1)))  # type: ignore[type-var]
        for ref, d in codings.discourse.items():
            if ref.split("#")[0] == s.id:
                said[ref.replace(s.id, f"D{i:02}", 1)] = (d.category, d.polarity, d.about)
    with Project(file, who="benchmark") as project:
        project._store.put_sessions(drawn)
        made = Corpus(tuple(drawn))  # the same units, screened above, under new codes: the certificate is theirs
        project._store.put_cleared(made, {"screening": certificate_id(made), "states": {}, "open": 0})
        project.use_codebook(ROOT / "corpora" / "demo" / "codebook.yaml")
        project._store.put_codings(kept, said, {"verb": "tag", "taggers": sorted({c.tagger for c in kept})})
        project.crosswalk(ROOT / "corpora" / "demo" / "plan.yaml")
        project.bring("targets", ROOT / "corpora" / "demo" / "targets.csv")


def one(file: Path, suffix: str) -> None:
    """Write one brief and print seconds of processor time, MiB and bytes."""
    from feedback.project import Project

    with tempfile.TemporaryDirectory() as folder, Project(file, who="benchmark") as project:
        out = Path(folder) / f"brief{suffix}"
        project.brief(out)
        size = out.stat().st_size
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{used.ru_utime + used.ru_stime:.1f} {used.ru_maxrss / 1024:.0f} {size}")


def main() -> None:
    """Build the project where it is missing, then time each format."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "brief_forty")
    ask.add_argument("--one", default="")
    asked = ask.parse_args()
    asked.folder.mkdir(exist_ok=True)
    file = asked.folder / "forty.db"
    if asked.one:
        build(file) if asked.one == "build" else one(file, asked.one)
        return
    again = [sys.executable, __file__, "--folder", str(asked.folder), "--one"]
    if not file.exists():  # in a process of its own: a child begins with the peak memory of who starts it
        subprocess.run([*again, "build"], check=True)
    print("format  processor s  MiB  KiB written")
    for suffix in FORMATS:
        made = subprocess.run([*again, suffix], capture_output=True, text=True, check=True)
        seconds, memory, size = made.stdout.split()
        print(f"{suffix:<7} {seconds:>11} {memory:>4} {int(size) // 1024:>12}")


if __name__ == "__main__":
    main()
