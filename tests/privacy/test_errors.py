"""Errors carry no words, neither by themselves nor by what caused them: a notebook prints the whole chain."""

# ruff: noqa: E501
from __future__ import annotations

import contextlib
import traceback
from pathlib import Path

import pytest

import feedback
from feedback.errors import FeedbackError
from feedback.privacy import read_roster

HELD = "He is hitting me and he took my passport, the man on Quenby Street"
NAMED = "My cousin Deshawn Quarterbrook told everybody about it"
MARKS = ("hitting me", "my passport", "Quenby", "Quarterbrook", "Deshawn")


@pytest.mark.parametrize(("name", "body"), [
    ("a.json", f'{{"turns": [{{"text": "{HELD}"'.encode()), ("b.docx", b"PK\x03\x04" + HELD.encode()), ("c.pdf", b"%PDF " + HELD.encode()),
    ("d.xlsx", b"PK\x03\x04" + NAMED.encode()), ("e.srt", b"1\n00:00:99,000 --> x\n" + HELD.encode()), ("f.txt", HELD.encode("utf-16")[:-1]),
])  # fmt: skip
def test_an_error_carries_no_words_in_what_caused_it(tmp_path: Path, name: str, body: bytes) -> None:
    (tmp_path / name).write_bytes(body)
    told = ""
    with contextlib.suppress(FeedbackError):
        try:
            told = "".join(map(str, feedback.read(tmp_path / name).problems))
        except FeedbackError as error:
            told = "".join(traceback.format_exception(error)) + ("chained" if error.__context__ and not error.__suppress_context__ else "")
            raise
    assert not [m for m in (*MARKS, "chained") if m in told]


def test_a_roster_that_cannot_be_read_shows_no_name(tmp_path: Path) -> None:
    (tmp_path / "names.lst").write_bytes(b"Deshawn Quarterbrook\n" + b"\xff\xfe\xfa")
    with pytest.raises(FeedbackError) as caught:
        read_roster(tmp_path / "names.lst")
    assert caught.value.__suppress_context__
    assert not [m for m in MARKS if m in "".join(traceback.format_exception(caught.value))]
