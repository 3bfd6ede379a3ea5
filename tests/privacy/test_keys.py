from __future__ import annotations

import pytest

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, ReadError
from feedback.privacy import project_key, read_replacements, replacements, screen


def test_a_project_has_one_key_that_only_its_owner_can_read(tmp_path):
    project = tmp_path / "ours.feedback"
    key = project_key(project)
    assert len(key) == 32
    assert project_key(project) == key
    assert project_key(tmp_path / "other.feedback") != key
    file = tmp_path / "ours.feedback.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(ReadError, match="0600"):
        project_key(project)


@pytest.mark.parametrize("broken", [b"", b"short", b"!!!", b"A" * 43 + b"\xff"])
def test_a_damaged_key_is_never_replaced(tmp_path, broken):
    file = tmp_path / "p.key"
    file.write_bytes(broken)
    file.chmod(0o600)
    with pytest.raises(ReadError, match="damaged"):
        project_key(tmp_path / "p")
    assert file.read_bytes() == broken


def test_groups_differ_from_key_to_key():
    made = Corpus((Session("LS-T01", (Turn(0, "Ask Deshawn Pruitt.", Speaker()),)),))
    assert screen(made, key=b"a" * 32).groups()[0].id != screen(made, key=b"b" * 32).groups()[0].id


def test_the_log_of_replacements_opens_with_its_key_alone():
    made = Corpus((Session("LS-T01", (Turn(0, "Ask Deshawn Pruitt, 213-555-0142.", Speaker()),)),))
    log = replacements(screen(made), b"k" * 32)
    assert b"Deshawn" not in log
    assert [r["words"] for r in read_replacements(log, b"k" * 32)] == ["Deshawn Pruitt", "213-555-0142"]
    with pytest.raises(FeedbackError, match="another key"):
        read_replacements(log, b"x" * 32)
