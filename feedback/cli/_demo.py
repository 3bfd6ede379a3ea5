"""The demo: the whole line on invented sessions, told step by step."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

from feedback.errors import FeedbackError
from feedback.project import Project


def demonstrate(corpora: Path, out: Path) -> Iterator[str]:
    """Turn `corpora/demo` into a brief under `out`, then show the gate on `corpora/leaky`; yield what to say.

    Raises:
        FeedbackError: the folder of invented sessions is not there.
    """
    folder = corpora / "demo"
    if not folder.is_dir():
        raise FeedbackError(f"there is no folder {folder}: give the checkout's corpora with --corpora")
    started = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("demo.db*"):
        old.unlink()
    with Project(out / "demo.db", who="demo") as project:
        corpus = project.add(folder)
        yield f"Read {len(corpus)} invented sessions:"
        yield from (f"  {s.summary()}" for s in corpus)
        yield from (f"  look at: {p}" for p in corpus.problems)
        yield from _gate(project)
        project.use_codebook(
            corpora / "codebook.yaml" if not (folder / "codebook.yaml").exists() else folder / "codebook.yaml"
        )
        a = project.tag().account()
        yield (
            f"Tagged: {a['units']} units = {a['coded']} coded + {a['uncoded']} uncoded + {a['process']} about the meeting"
            f" + {a['others']} of facilitators, note-takers and headings + {a['withheld']} held"
        )
        topics = project.discover().frame()
        yield "What the codebook does not cover (proposed, for a person to name, merge or drop):"
        yield from (f"  {t.label} ({t.size} units)" for t in topics.head(5).itertuples())
        if (folder / "targets.csv").exists():
            project.bring("targets", folder / "targets.csv")
        for sheet in ("plan-needs.csv", "plan-statements.csv"):
            if (folder / sheet).exists():
                _, rows = project.take_sheet(folder / sheet)
                done = "joined to one" if sheet == "plan-needs.csv" else "sentences signed"
                yield f"What an invented plan author decided ({sheet}): {rows} {done}"
        for plan in ("plan-prevention.yaml", "plan.yaml"):
            needs = project.crosswalk(folder / plan)
            suffix = "" if plan == "plan.yaml" else "-prevention"
            for kind in ("html", "md"):
                project.brief(out / f"brief{suffix}.{kind}")
            yield f"Set against {plan}: {len(needs.frame())} needs; brief: {out / f'brief{suffix}.html'}"
            yield f"  {project.verify(out / f'brief{suffix}.html')}"
        yield f"The same in other forms: {', '.join(_others(project, out))}"
    yield from _leaky(corpora / "leaky", out)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"Done in {seconds:.0f} s, peak memory {peak:.0f} MiB. Open {out / 'brief.html'}"


def _others(project: Project, out: Path) -> Iterator[str]:
    """Word, slides, the Board's pages, the pages that go back in both languages, one session's page."""
    session = project.corpus.values[0].id
    forms = {
        "brief.docx": {}, "slides.pptx": {}, "board.docx": {"kind": "board"}, "report-back.docx": {"kind": "report-back"},
        "de-vuelta.docx": {"kind": "report-back", "language": "es"}, "evening.docx": {"kind": "session", "session": session},
    }  # fmt: skip
    for name, options in forms.items():
        project.brief(out / name, **options)  # type: ignore[arg-type]
        yield name


def _gate(project: Project) -> Iterator[str]:
    held = [f"{s.id}#{u.index}" for s in project.corpus for u in s.turns if u.withheld]
    told = f" ({', '.join(held[:8])}); a person decides: `feedback screen --groups`" if held else ", nothing open"
    yield f"Screened: {len(held)} units held{told}"


def _leaky(folder: Path, out: Path) -> Iterator[str]:
    if not folder.is_dir():
        return
    for old in out.glob("leaky.db*"):
        old.unlink()
    with Project(out / "leaky.db", who="demo") as project:
        read = project.add(folder)
        turns = [u for s in project.corpus for u in s.turns]
        held = sum(u.withheld is not None for u in turns)
        yield f"The gate, on {len(read)} documents with planted identifiers: {held} of {len(turns)} units held for a person"
