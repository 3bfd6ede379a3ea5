"""The main job: forty sessions of ninety minutes each (about 10,000 words), cold from files to brief.

    python tests/benchmarks/forty.py [--workers 2] [--sessions 40]

The sessions are put together from clauses of `corpora/` under a fixed seed (real words, lengths, names; no content) and written as
transcripts, captions, notes and tables. What a unit says repeats hardly ever: the share of distinct texts is printed, and nothing
is remembered, for the work is done in a fresh process on a new project. Prints stages, wall and processor time, peak memory.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import resampled
from archive_scale import Watch, processor

ROOT = Path(__file__).parents[2]
WORDS = 10_000
MINUTES = 90
ASKED = ("What makes it hard?", "What helps?", "What would you change?", "Tell us more?")


def turns(rng: random.Random, pool: tuple[str, ...]) -> list[tuple[str, str]]:
    """Turns of a session: (speaker, words), one in twelve the facilitator's question."""
    out: list[tuple[str, str]] = []
    words = 0
    while words < WORDS:
        if len(out) % 12 == 0:
            out.append(("Facilitator", rng.choice(ASKED)))
            continue
        text = " ".join(rng.sample(pool, rng.choice((2, 3, 3, 4, 5))))
        out.append((f"Y{rng.randint(1, 9)}", text))
        words += len(text.split())
    return out


def write(folder: Path, sessions: int) -> tuple[int, int, float]:
    """Write the sessions in four formats; return units, words, share of distinct texts."""
    import docx

    en, es = resampled.clauses(public=False)
    rng = random.Random(7)
    said: list[str] = []
    for n in range(sessions):
        code, audience = f"LS-{n:02d}", ("Youth", "Families", "Stakeholders")[n % 3]
        head = [f"Session: {code}", f"Date: 2026-{n % 12 + 1:02d}-10", f"Audience: {audience}", "Language: English"]
        head.append("Participants: 12")
        rows = turns(rng, es if n % 8 == 7 else en)
        said += [t for _, t in rows]
        match n % 4:
            case 0:
                body = [*head, "", *(f"{who}: {text}" for who, text in rows)]
                (folder / f"{code}_transcript.txt").write_text("\n".join(body), encoding="utf-8")
            case 1:
                step = MINUTES * 60 / len(rows)
                cues = [f"{_stamp(i * step)} --> {_stamp((i + 1) * step)}\n{who}: {text}\n" for i, (who, text) in enumerate(rows)]
                note = "NOTE\n" + "\n".join(head)
                (folder / f"{code}_captions.vtt").write_text("\n\n".join(["WEBVTT", note, *cues]), encoding="utf-8")
            case 2:
                document = docx.Document()
                for line in (*head, *(f"{who}: {text}" for who, text in rows)):
                    document.add_paragraph(line)
                document.save(str(folder / f"{code}_transcript.docx"))
            case _:
                with (folder / f"{code}_session.csv").open("w", encoding="utf-8", newline="") as file:
                    table = csv.writer(file)
                    table.writerow(["session", "audience", "date", "speaker", "text"])
                    table.writerows([code, audience, "2026-05-10", who, text] for who, text in rows)
    return len(said), sum(len(t.split()) for t in said), len(set(said)) / len(said)


def _stamp(seconds: float) -> str:
    return f"{int(seconds // 3600):02d}:{int(seconds // 60 % 60):02d}:{seconds % 60:06.3f}"


def work(folder: Path, workers: int) -> None:
    """Do the job and print each stage."""
    start, cpu = time.perf_counter(), processor()
    with Watch() as watch:
        from feedback.project import Project

        with Project(folder / "plan.db", workers=workers) as project:
            demo = ROOT / "corpora" / "demo"
            stages: dict[str, Callable[[], object]] = {
                "codebook": lambda: project.use_codebook(demo / "codebook.yaml"),
                "read and screen": lambda: project.add(folder / "files"), "tag": project.tag,
                "brief": lambda: project.brief(folder / "brief.html", plan=str(demo / "plan.yaml")),
            }  # fmt: skip
            for name, stage in stages.items():
                at = time.perf_counter()
                said = stage()
                print(f"  {name:<16} {time.perf_counter() - at:7.1f} s wall", flush=True)
                if name == "read and screen":
                    print(f"  {said.summary().count(chr(10)) + 1} lines read; "  # type: ignore[attr-defined]
                          f"{sum(len(s.turns) for s in project.corpus)} units kept")  # fmt: skip
    wall, used = time.perf_counter() - start, processor() - cpu
    print(f"  files to brief   {wall:7.1f} s wall, {used:.1f} s processor, {watch.most:.0f} MiB at most")
    print(f"  brief {(folder / 'brief.html').stat().st_size:,} bytes")


def main() -> int:
    """Write the files, then work in a fresh process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.folder:
        work(asked.folder, asked.workers)
        return 0
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "files").mkdir()
        units, words, share = write(Path(made) / "files", asked.sessions)
        print(f"{asked.sessions} sessions, {units:,} turns, {words:,} words, {share:.3f} of the turns distinct", flush=True)
        run = [sys.executable, __file__, "--in", made, "--workers", str(asked.workers)]
        return subprocess.run(run, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
