"""Back-ups: what went in comes back, on either kind of database; a wrong word, a changed byte, a full place do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.errors import StoreError
from feedback.project import Project
from feedback.store import Accounts, Jobs, Store

WORD = "seven quiet buses at noon"
NOTES = "LS-T1 | March 2025 | Youth | English | 8 participants | quotes yes\n\nFacilitator: What makes it hard?\nP1: Three buses.\n"


@pytest.fixture
def kept(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Path]:
    monkeypatch.setenv("FEEDBACK_KEYS", str(tmp_path))
    (tmp_path / "a.txt").write_text(NOTES, encoding="utf-8")
    with Project(address, who="tester") as project:
        project.add(tmp_path / "a.txt")
        store = project._store
        Accounts(store).add("ana", name="Ana", password="x", roles=("author",), by="t")
        Jobs(store).ask_to_read([("0" * 32, "n.txt", b"\x00\xffsealed")], who="t")
        project.back_up(tmp_path / "all.backup", passphrase=WORD)
    return address, tmp_path / "all.backup"


def test_it_comes_back_on_either_kind(kept: tuple[str, Path], tmp_path: Path) -> None:
    there, file = kept
    for path in tmp_path.glob("feedback*.key"):
        path.rename(path.with_suffix(".old"))
    (tmp_path / "new").mkdir()
    with Project(there) as old, Project.restore(file, tmp_path / "new" / "plan.db", passphrase=WORD) as new:
        assert new.corpus == old.corpus
        assert new._store.corpus(cleared=False) == old._store.corpus(cleared=False)
        assert [e["verb"] for e in new.log] == [*[e["verb"] for e in old.log][:-1], "restore"]
        assert Jobs(new._store).sealed("0" * 32) == b"\x00\xffsealed"
        assert Accounts(new._store).find("ana") is not None
        key = new._store.keys[".gate.key"]
        assert key.stat().st_mode & 0o777 == 0o600
        made = Jobs(new._store).ask("tag", who="t")
        assert made.id == 2


def test_a_back_up_moves_a_project_to_the_other_kind(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_KEYS", str(tmp_path / "keys"))
    (tmp_path / "keys").mkdir()
    (tmp_path / "a.txt").write_text(NOTES, encoding="utf-8")
    with Project(tmp_path / "first.db") as first:
        first.add(tmp_path / "a.txt")
        first.back_up(tmp_path / "all.backup", passphrase=WORD)
        with Project.restore(tmp_path / "all.backup", address, passphrase=WORD) as second:
            assert second.corpus == first.corpus
            second.add(tmp_path / "a.txt")
            assert second.log[-1]["verb"] == "screen"


def test_a_wrong_passphrase_and_a_changed_byte_change_nothing(kept: tuple[str, Path], tmp_path: Path) -> None:
    file = kept[1]
    (tmp_path / "new").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.restore(file, tmp_path / "new" / "plan.db", passphrase="not the right words")
    whole = file.read_bytes()
    for at in (len(whole) // 2, len(whole) - 1, 30):
        (tmp_path / "bad.backup").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(StoreError, match="cannot be opened"):
            Store.restore(tmp_path / "bad.backup", tmp_path / "new" / "plan.db", passphrase=WORD)
    (tmp_path / "cut.backup").write_bytes(whole[:-40])
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.restore(tmp_path / "cut.backup", tmp_path / "new" / "plan.db", passphrase=WORD)
    assert list((tmp_path / "new").iterdir()) == []
    with pytest.raises(StoreError, match="no back-up"):
        Store.restore(tmp_path / "a.txt", tmp_path / "new" / "plan.db", passphrase=WORD)


def test_what_is_there_is_never_overwritten(kept: tuple[str, Path], tmp_path: Path) -> None:
    _, file = kept
    with pytest.raises(StoreError, match="there already"), Project(tmp_path / "other.db") as other:
        other.back_up(file, passphrase=WORD)
    (tmp_path / "full").mkdir()
    with Project(tmp_path / "full" / "plan.db") as full:
        full.add(tmp_path / "a.txt")
        before = full.log
    (tmp_path / "full" / "plan.db.gate.key").rename(tmp_path / "full" / "elsewhere")
    with pytest.raises(StoreError, match="project at this place already"):
        Store.restore(file, tmp_path / "full" / "plan.db", passphrase=WORD)
    with Project(tmp_path / "full" / "plan.db") as full:
        assert full.log == before
    with pytest.raises(StoreError, match="12 characters"), Project(tmp_path / "other.db") as other:
        other.back_up(tmp_path / "x.backup", passphrase="short")
    assert not (tmp_path / "x.backup").exists()


def test_no_word_lies_in_clear(kept: tuple[str, Path]) -> None:
    assert b"buses" not in kept[1].read_bytes()
    assert b"session.jsonl" not in kept[1].read_bytes()
