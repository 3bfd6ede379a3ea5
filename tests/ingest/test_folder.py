"""Folders: what is a session, what stands beside, what belongs together; the manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.errors import ManifestError
from feedback.ingest import read


def transcript(code: str, *, month: str = "March 2025", audience: str = "Youth", words: str = "We have no bus.") -> str:
    return (
        f"Session {code} | {month} | {audience} | English | 8 people\n\nFacilitator: What is hard?\nP1: "
        f"{words}\nP2: Nobody asks us.\nP3: The rent is too high.\n"
    )


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_is_read_in_order_with_its_sub_folders(tmp_path: Path) -> None:
    put(tmp_path, "b/two.txt", transcript("LS-Y02"))
    put(tmp_path, "a/one.txt", transcript("LS-Y01", words="No car."))
    put(tmp_path, "~$one.docx", "lock")
    put(tmp_path, ".hidden/three.txt", transcript("LS-Y03"))
    for name in ("README.md", "KEY.md", "codebook.yaml", "plan.yaml", "truth.jsonl", "codes_A.jsonl", "DATASHEET.md"):
        put(tmp_path, name, "Facilitator: x\n")
    corpus = read(tmp_path)
    assert [s.id for s in corpus] == ["LS-Y01", "LS-Y02"]
    assert corpus.problems == ()


def test_unknown_suffixes_are_listed_without_blocking(tmp_path: Path) -> None:
    put(tmp_path, "one.txt", transcript("LS-Y01"))
    put(tmp_path, "sketch.xyz", "?")
    (problem,) = read(tmp_path).problems
    assert problem.file == "sketch.xyz"
    assert not problem.blocking


def test_an_empty_folder_is_an_empty_corpus(tmp_path: Path) -> None:
    assert len(read(tmp_path)) == 0


def test_two_files_of_one_session_go_on(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", transcript("LS-Y01"))
    put(tmp_path, "b.txt", transcript("LS-Y01", words="It is dark."))
    corpus = read(tmp_path)
    (s,) = corpus.values
    assert [t.index for t in s.turns] == list(range(len(s.turns)))
    assert [t.file for t in s.turns] == ["a.txt"] * 5 + ["b.txt"] * 5
    assert [t.prompt for t in s.turns] == [None, None, 1, 1, 1, None, None, 6, 6, 6]
    assert corpus.text_of("LS-Y01#7") == "It is dark."


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", transcript("LS-Y01"))
    put(tmp_path, "copy of a.txt", transcript("LS-Y01"))
    corpus = read(tmp_path)
    assert len(corpus.values[0].turns) == 5
    assert [p.file for p in corpus.problems] == ["copy of a.txt"]


@pytest.mark.parametrize("change", [{"month": "May 2025"}, {"audience": "Stakeholders"}])
def test_a_contradicting_file_is_kept_out(tmp_path: Path, change: dict[str, str]) -> None:
    put(tmp_path, "a.txt", transcript("LS-Y01"))
    put(tmp_path, "b.txt", transcript("LS-Y01", words="It is dark.", **change))
    corpus = read(tmp_path)
    assert len(corpus.values[0].turns) == 5
    (problem,) = corpus.problems
    assert problem.blocking
    assert next(iter(change)) in problem.what


def test_without_a_code_the_stem_names_the_session(tmp_path: Path) -> None:
    path = put(
        tmp_path, "north side #2 group.txt", "Facilitator: What is hard?\nP1: The bus.\nP2: The rent.\nP3: same\n"
    )
    s = read(path).values[0]
    assert s.id == "north-side-2-group"
    assert s.missing == ("month", "audience", "languages", "participants")


def test_the_manifest_fills_and_corrects(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "Facilitator: What is hard?\nP1: The bus.\nP2: The rent.\nP3: same\n")
    put(tmp_path, "b.txt", transcript("LS-Y02"))
    put(
        tmp_path,
        "sessions.csv",
        "session,file,month,audience,languages,participants,spa,recorded,quote_consent,host\n"
        "LS-K09,a.txt,2025-04,stakeholder,en;es,12,SPA 3,no,review,library\nLS-Y02,,2025-05,,,,,,,\n",
    )
    corpus = read(tmp_path)
    a = corpus["LS-K09"]
    assert (a.month, a.audience, a.languages, a.participants, a.spa, a.recorded, a.quote_consent) == (
        "2025-04",
        "stakeholder",
        ("en", "es"),
        12,
        3,
        False,
        "review",
    )
    assert a.extra["host"] == "library"
    assert corpus["LS-Y02"].month == "2025-05"
    assert corpus.problems == ()


def test_every_problem_of_a_manifest_is_told_at_once(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", transcript("LS-Y01"))
    bad = put(
        tmp_path,
        "m.csv",
        "file,session,month,participants,spa\na.txt,LS-Y01,sometime,8,9\nnone.txt,LS-Y02,2025-04,many,1\n../x.txt,LS-Y03,2025-04,8,1\na.txt,L#1,2025-04,8,1\n,,2025-04,8,1\n",
    )
    with pytest.raises(ManifestError) as caught:
        read(tmp_path, manifest=bad)
    places = [p.place for p in caught.value.problems]
    assert places == [
        "row 2, month",
        "row 2, spa",
        "row 3, participants",
        "row 5, session",
        "row 6",
        "row 3, file",
        "row 4, file",
        "row 5",
    ]


def test_a_row_without_a_document_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", transcript("LS-Y01"))
    put(tmp_path, "sessions.csv", "session,month\nLS-Y01,2025-03\nLS-Y09,2025-03\n")
    (problem,) = read(tmp_path).problems
    assert problem.place == "row 3"
    assert not problem.blocking


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", transcript("LS-Y01"))
    put(tmp_path, "b.txt", transcript("LS-Y02"))
    assert read(tmp_path).fingerprint == read(tmp_path).fingerprint
