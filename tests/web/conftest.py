"""A server with invented sessions, in process and in a browser."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the web app needs `pip install 'feedback[web]'`")

from starlette.testclient import TestClient

from feedback.project import Project
from feedback.web import create_app
from feedback.web._guard import ROLES, hash_password

DEMO = Path(__file__).parents[2] / "corpora" / "demo"
HERE = "http://127.0.0.1"
PASSWORD = "correct horse battery"
HEADER = "LS-T1 | March 2025 | Youth | English | 8 participants | SPA 6 | quotes yes\n\n"
NOTES = HEADER + (
    "Facilitator: What makes it hard?\nP1: It is three buses each way to the clinic.\nP2: There is no safe place at night.\n"
)

Visitor = Callable[..., TestClient]


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six invented sessions of the demo, tagged, with a plan, in a project file that is copied, never changed."""
    path = tmp_path_factory.mktemp("webdemo") / "plan.db"
    with Project(path, who="tester") as project:
        project.add(*sorted(DEMO.glob("LS-[FK]0[1-4]*")))
        for group, kind in {(f.group, f.kind) for f in project.screen().findings if f.status == "open"}:
            said = "not_a_disclosure" if kind == "disclosure" else "accept"
            project.decide(group, said, by="tester", why="read: nobody can be known by it")
        project.use_codebook(DEMO / "codebook.yaml")
        project.tag()
        project.crosswalk(DEMO / "plan.yaml")
        project.back_up(path.with_name("all.backup"), passphrase=PASSWORD)
    return path


@pytest.fixture
def app(place: str) -> Iterator[object]:
    made = create_app(place)
    yield made
    made.state.desk.close()


@pytest.fixture
def demo_app(place: str, tmp_path: Path, demo_file: Path) -> Iterator[object]:
    if place.startswith("postgresql"):
        Project.restore(demo_file.with_name("all.backup"), place, passphrase=PASSWORD).close()
    else:
        for file in demo_file.parent.glob("plan.db*"):  # with its keys, which decisions hang on
            shutil.copy(file, tmp_path)
    made = create_app(place)
    yield made
    made.state.desk.close()


def account(app, login: str, *roles: str) -> None:
    app.state.desk.accounts.add(login, name=login.title(), password=hash_password(PASSWORD), roles=roles or ROLES, by="test")
    app.state.desk.code = None


def visitor(app, login: str = "", **options: object) -> TestClient:
    """A browser without a script: keeps cookies, sends Origin; signed in where a login is given."""
    client = TestClient(app, base_url=HERE, headers={"origin": HERE, "accept-language": "en"}, **options)
    if login:
        answer = client.post("/signin", data={"login": login, "password": PASSWORD})
        assert answer.url.path == "/", answer.text[:500]
    return client


def run_jobs(app) -> None:
    while app.state.worker.step():
        pass


def send(client: TestClient, app, *files: tuple[str, bytes]) -> str:
    """Upload files, do the work, and return the page that says what was read."""
    answer = client.post("/upload", files=[("files", f) for f in files])
    assert answer.status_code == 200, answer.text[:300]
    run_jobs(app)
    return client.get(answer.url.path).text


@pytest.fixture
def server() -> Iterator[Callable[[object], str]]:
    """Serve an app on loopback; returns its address."""
    import uvicorn

    running = []

    def start(app: object) -> str:
        made = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))  # type: ignore[arg-type]
        thread = threading.Thread(target=made.run, daemon=True)
        thread.start()
        while not made.started:
            time.sleep(0.05)
        running.append((made, thread))
        return f"http://127.0.0.1:{made.servers[0].sockets[0].getsockname()[1]}"

    yield start
    for made, thread in running:
        made.should_exit = True
        thread.join(timeout=30)
