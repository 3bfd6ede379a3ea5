"""Whoever dies in the middle of a step loses nothing, worker or commander: the archive is that of a run nobody disturbed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import feedback
from feedback.archive import Archive, _inputs

ROOT = Path(__file__).parents[2]
KEY = b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="  # of the gate, so that placeholders are numbered alike
FILES = ("LS-F01_notas.docx", "LS-F03_teams.vtt", "LS-Y03_sticky_wall.xlsx")
SIZES = {name: getattr(_inputs, name) for name in ("BYTES", "LEAST", "MOST")}
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
BOOK = ROOT / "corpora" / "codebook.yaml"


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in zip(SIZES, (10_000, 20, 60), strict=True):
            patch.setattr(_inputs, name, value)
        yield


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    for name in FILES:
        shutil.copy(ROOT / "corpora" / "demo" / name, made / name)
    return made


@pytest.fixture(scope="module")
def one(_small: None, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive as one process makes it, undisturbed."""
    folder = tmp_path_factory.mktemp("alone") / "one"
    carried(folder, source, workers=1)
    return folder


def opened(folder: Path, **who: Any) -> Archive:
    kept = Archive(folder, **who)
    (folder / "gate.key").write_bytes(KEY)
    (folder / "gate.key").chmod(0o600)
    return kept


def carried(folder: Path, source: Path, *, taggers: tuple[str, ...] = ("rules",), **who: Any) -> None:
    with opened(folder, **who) as kept:
        kept.add(source)
        kept.screen(context=False)
        kept.tag(feedback.Codebook.load(BOOK), taggers=taggers)
        kept.embed()
        kept.discover(sample=100)


def inside(folder: Path) -> dict[str, bytes]:
    """Everything in an archive but the lock and the key."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.stem != "gate"}


def same(a: Path, b: Path) -> None:
    one, other = inside(a), inside(b)
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    assert {Path(n).suffix for n in one} >= {".codings", ".vectors", ".places"}


@pytest.fixture
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as here,
        distributed.Client(here, set_as_default=False) as client,
    ):
        client.wait_for_workers(2, timeout=120)
        yield client


def killing(step: str, victims: Callable[[], list[int]], *, at: int = 1) -> tuple[Callable[[str, int, int], None], list[int]]:
    killed: list[int] = []

    def progress(now: str, done: int, parts: int) -> None:
        if now == step and done == at and not killed:
            killed.extend(victims())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    return progress, killed


@pytest.mark.slow
@pytest.mark.parametrize("step", ["read", "tag", "embed", "place"])
def test_a_worker_killed_in_the_middle_of_a_step(cluster, one, source, tmp_path, step):
    progress, killed = killing(step, lambda: [next(iter(cluster.run(os.getpid).values()))])
    carried(tmp_path / "many", source, scheduler=cluster, progress=progress)
    assert killed
    same(one, tmp_path / "many")


@pytest.mark.slow
def test_all_workers_killed_while_units_are_placed(cluster, one, source, tmp_path):
    """What was handed over once for all parts was in their memory alone."""
    progress, killed = killing("place", lambda: list(cluster.run(os.getpid).values()))
    carried(tmp_path / "many", source, scheduler=cluster, progress=progress)
    assert len(killed) == 2
    same(one, tmp_path / "many")


@pytest.mark.slow
def test_a_cluster_reads_with_the_model_what_one_reads(cluster, source, tmp_path):
    carried(tmp_path / "many", source, scheduler=cluster, taggers=("rules", "model"))
    carried(tmp_path / "one", source, workers=1, taggers=("rules", "model"))
    same(tmp_path / "one", tmp_path / "many")
    with Archive(tmp_path / "many") as kept:
        assert {c.tagger.partition("@")[0] for c in kept.codings()} == {"rules", "model"}


COMMANDER = """
import os, signal, sys
from pathlib import Path
from feedback.archive import _inputs
_inputs.BYTES, _inputs.LEAST, _inputs.MOST = 10_000, 20, 60
sys.path.insert(0, {here!r})
import test_killed

def die(step, done, parts):
    if (step, done) == ({step!r}, 2):
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    test_killed.carried(Path({folder!r}), Path({source!r}), workers={workers}, progress=die)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("step", "workers"), [("screen", 1), ("tag", 1), ("place", 1), ("tag", 2)])
def test_whoever_gave_the_command_is_killed_and_another_goes_on(one, source, tmp_path, step, workers):
    run = tmp_path / "run.py"
    run.write_text(COMMANDER.format(
        here=str(Path(__file__).parent), step=step, folder=str(tmp_path / "killed"), source=str(source), workers=workers
    ))  # fmt: skip
    done = subprocess.run([sys.executable, str(run)], env=ENV, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    told: list[tuple[str, int]] = []
    carried(tmp_path / "killed", source, workers=1, progress=lambda step, done, parts: told.append((step, done)))
    same(one, tmp_path / "killed")
    assert sum(s == step for s, _ in told) < len(list((one / "parts").glob("*.read")))  # what was done stays done


@pytest.mark.slow
def test_the_shell_gives_work_to_a_scheduler(cluster, source, tmp_path, monkeypatch):
    """`--scheduler ADDRESS`: a process of its own, a scheduler and workers in others."""
    for name, value in SIZES.items():
        monkeypatch.setattr(_inputs, name, value)
    opened(tmp_path / "many").close()
    before = cluster.run_on_scheduler(_steps)
    for words in (
        ("add", "many", source), ("screen", "many", "--quick"), ("tag", "many", "--codebook", BOOK, "--with", "rules")
    ):  # fmt: skip
        call = [sys.executable, "-m", "feedback", "--scheduler", cluster.scheduler.address, "archive", *map(str, words)]
        done = subprocess.run(call, cwd=tmp_path, env=ENV, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert cluster.run_on_scheduler(_steps) > before  # by the workers, not here
    with opened(tmp_path / "one", workers=1) as kept:
        kept.add(source)
        kept.screen(context=False)
        kept.tag(feedback.Codebook.load(BOOK), taggers=["rules"])
    assert inside(tmp_path / "one") == inside(tmp_path / "many")


def _steps(dask_scheduler: Any) -> int:
    return int(dask_scheduler.transition_counter)
