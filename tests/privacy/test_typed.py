"""The gate on what people type: plain words go through, names, numbers and telling do not; what a project knows is known again."""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

import pytest

from feedback.errors import FeedbackError, TableError
from feedback.privacy import Known, file_name, label_names, read_over, signer

UNITS = Path(__file__).parent / "units"


def _refused(lines: list[str], known: Known | None = None) -> list[str]:
    try:
        read_over([(str(n), line) for n, line in enumerate(lines)], "typed", roster=None, known=known)
    except TableError as error:
        told = str(error)
        places = [int(p.place) for p in error.problems]
    else:
        return []
    assert not [line for line in lines if len(line) > 12 and line in told]  # places, never words
    return [lines[n] for n in places]


def _lines(name: str) -> list[str]:
    return [line for line in (UNITS / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


def test_plain_words_go_through() -> None:
    plain = _lines("typed_plain.txt")
    assert len(plain) > 150
    assert _refused(plain) == ["april is when the program starts"]


def test_names_numbers_and_telling_do_not() -> None:
    telling = [line for line in _lines("typed_telling.txt") if not line.startswith("? ")]
    assert len(telling) > 90
    assert _refused(telling) == telling


@pytest.mark.parametrize("words", ["april said it was fine", "may told me", "spoke with Faith", "in april with hope", "May's mother", "rose asked for it"])
def test_names_that_are_words_are_names_where_they_stand_so(words: str) -> None:
    assert _refused([words]) == [words]


def test_a_project_knows_its_names_and_what_it_holds() -> None:
    known = Known.of(["Faith Torvane", "Faith", "the only Samoan girl in Irwindale", "mom"], ["Well, he took my passport and keeps it in the truck", "They sold her car"])
    told = [
        "torvane wants it out", "ask Faith Torvane", "for the only samoan girl in irwindale", "he took my passport and keeps it there",
        "They sold her car!", "HE TOOK MY PASSPORT AND KEEPS IT",
    ]  # fmt: skip
    assert _refused(told, known) == told
    plain = ["a faith-based program", "mom asked for it", "passports are hard to get", "he took the bus and keeps the receipt"]
    assert _refused(plain, known) == []
    assert "Torvane" not in repr(known)
    assert "torvane" not in repr(known)


def test_who_signs_is_a_name_and_no_text() -> None:
    assert [signer(by) for by in ("AB", " A. Reviewer ", "María de los Ángeles Quintanilla", "Prevention office, front desk")] == [
        "AB", "A. Reviewer", "María de los Ángeles Quintanilla", "Prevention office, front desk",
    ]  # fmt: skip
    for by in ("", "  ", "x" * 81, "one two three four five six seven eight nine", "a\nb", "he hits me every night"):
        with pytest.raises(FeedbackError):
            signer(by)


def test_a_file_named_after_somebody_goes_by_what_it_is() -> None:
    for name in ("brief-may-2026.html", "plan_final_v2.yaml", "codebook.yaml", "needs for county counsel.xlsx", "resumen mayo.docx", "Hope Street session.docx"):
        assert file_name(Path("x") / name, "brief", roster=None) == name
    for name in ("Deshawn.docx", "maria gomez.docx", "notes Yaretzi.docx", "MARIA GOMEZ.docx", "Mrs Okonkwo interview.docx"):
        assert file_name(name, "brief", roster=None) == "brief.docx"
        assert label_names(Path(name).stem)
