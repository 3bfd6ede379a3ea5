"""A project on a fresh machine, from its back-up: with its key everything goes on, without it nothing is lost in silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from web.conftest import NOTES, PASSWORD, account, run_jobs, visitor
from web.test_second import turn_on

from feedback.errors import StoreError
from feedback.project import Project
from feedback.web import create_app
from feedback.web._aside import aside, sweep
from feedback.web._seal import Seal


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A back-up of a project where a document waits to be read and somebody uses a second factor."""
    (tmp_path / "old").mkdir()
    app = create_app(tmp_path / "old" / "plan.db")
    for login in ("ana", "fay"):
        account(app, login)
    turn_on(visitor(app, "ana"))
    visitor(app, "fay").post("/upload", files=[("files", ("a.txt", NOTES.encode()))])
    app.state.desk.project("t").back_up(tmp_path / "all.backup", passphrase=PASSWORD)
    app.state.desk.close()
    return tmp_path / "all.backup"


@pytest.fixture
def new(backup: Path, tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    Project.restore(backup, tmp_path / "new" / "plan.db", passphrase=PASSWORD).close()
    return tmp_path / "new" / "plan.db"


def test_with_the_key_work_goes_on_where_it_was(new: Path) -> None:
    app = create_app(new)
    fay = visitor(app, "fay")
    run_jobs(app)
    assert "LS-T1" in fay.get("/upload").text
    assert visitor(app).post("/signin", data={"login": "ana", "password": PASSWORD}).url.path == "/second"
    app.state.desk.close()


@pytest.mark.parametrize("how", ["gone", "another", "damaged", "empty"])
def test_without_it_nothing_starts_and_nothing_is_lost(new: Path, how: str) -> None:
    key = new.with_name("plan.db.key")
    kept = key.read_bytes()
    if how == "gone":
        key.unlink()
    else:
        key.write_bytes({"another": b"0" * 64, "damaged": b"zz", "empty": b""}[how])
    with pytest.raises(StoreError, match="put it back"):
        create_app(new)
    assert how != "gone" or not key.exists()
    key.write_bytes(kept)
    app = create_app(new)
    run_jobs(app)
    assert [u.state for u in app.state.desk.jobs.uploads()] == ["read"]
    app.state.desk.close()


def test_a_new_key_gives_up_what_only_the_old_one_opened(new: Path) -> None:
    key = new.with_name("plan.db.key")
    create_app(new, new_key=True).state.desk.close()  # it is there: nothing is given up
    key.unlink()
    app = create_app(new, new_key=True)
    (upload,) = app.state.desk.jobs.uploads()
    assert upload.state == "refused"
    assert upload.note
    run_jobs(app)
    visitor(app, "ana")  # no second step any more
    assert "new key" in str(app.state.desk.store.events()[-1]["detail"])
    app.state.desk.close()
    create_app(new).state.desk.close()


@pytest.mark.skipif(os.name != "posix", reason="permissions of a POSIX system")
def test_a_key_file_is_whole_and_its_owners(tmp_path: Path) -> None:
    marks = {Seal.kept(tmp_path / "k.key").mark for _ in range(3)}
    assert len(marks) == 1
    assert (tmp_path / "k.key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["k.key"]


@pytest.mark.skipif(os.name != "posix", reason="locks of a POSIX system")
def test_what_a_reader_leaves_is_swept_and_what_one_reads_is_not() -> None:
    with aside(10) as folder:
        (folder / "a.txt").write_text("words")
        assert folder.parent.stat().st_mode & 0o077 == 0
        left = folder.parent.with_name("feedback-room-left")
        (left / "files").mkdir(parents=True)
        (left / "lock").touch()
        (left / "files" / "b.txt").write_text("words")
        sweep()
        assert left.exists()  # too young
        assert sweep(young=0) >= 1
        assert (folder / "a.txt").exists()
        assert not left.exists()
    assert not folder.exists()
