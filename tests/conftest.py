"""What several tests share: one demo project, built once a run."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from feedback.project import Project

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "corpora" / "demo"


@pytest.fixture(scope="session")
def demo_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The demo sessions, read, screened and tagged; treat it as read-only."""
    project = Project(tmp_path_factory.mktemp("demo") / "plan.db", who="tester")
    project.add(DEMO)
    project.use_codebook(DEMO / "codebook.yaml")
    project.tag()
    project.crosswalk(DEMO / "plan.yaml")
    return project


POSTGRES = "FEEDBACK_TEST_POSTGRES"
MUST = tuple(filter(None, os.environ.get("FEEDBACK_MUST", "").split(",")))
ON_SERVER = os.environ.get("FEEDBACK_TEST_STORE") == "postgres"
HOW = {
    "sqlite": "looks into the project's file, and this run keeps projects on a server",
    "postgres": f"no PostgreSQL server is named by {POSTGRES}: see `Testing` in the README",
    "chromium": "no chromium here: apt-get install chromium",
}


def there(need: str) -> bool:
    """Whether what a test needs is on this machine."""
    if need == "sqlite":
        return False
    return bool(os.environ.get(POSTGRES)) if need == "postgres" else bool(shutil.which("chromium") and find_spec("playwright"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot run here and say how to get it; fail where FEEDBACK_MUST says that it has to run (CI)."""
    needs = [mark.args[0] for mark in item.iter_markers("needs")]
    call = getattr(item, "callspec", None)
    needs += ["postgres"] if call is not None and call.params.get("address") == "postgres" else []
    needs += ["sqlite"] if ON_SERVER and "only_sqlite" in item.keywords else []
    for need in needs:
        if not there(need):
            (pytest.fail if need in MUST else pytest.skip)(HOW[need])


@contextmanager
def schema() -> Iterator[str]:
    """A new schema of the PostgreSQL server the tests were given, as a project's address; gone afterwards."""
    import sqlalchemy as sa

    server, name = sa.create_engine(os.environ[POSTGRES]), f"t{uuid.uuid4().hex}"
    with server.begin() as db:
        db.execute(sa.schema.CreateSchema(name))
    yield sa.make_url(os.environ[POSTGRES]).update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(False)
    with server.begin() as db:
        db.execute(sa.schema.DropSchema(name, cascade=True))
    server.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A place for a project: a new SQLite file, and again a new schema on PostgreSQL."""
    if request.param == "sqlite":
        yield str(tmp_path / "plan.db")
    else:
        with schema() as made:
            yield made


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A place for a project: a new SQLite file, or on PostgreSQL in a run with FEEDBACK_TEST_STORE=postgres."""
    monkeypatch.setenv("FEEDBACK_KEYS", str(tmp_path))
    if not ON_SERVER:
        yield str(tmp_path / "plan.db")
    else:
        with schema() as made:
            yield made
