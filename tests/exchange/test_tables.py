"""Tables out (CSV, Parquet) and other programs' tables in (Taguette, ThemeFinder)."""

from __future__ import annotations

import csv
import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from feedback.codebook import Codebook, Codings
from feedback.corpus import Corpus
from feedback.errors import FeedbackError, NotInstalled, ReadError, TableError
from feedback.exchange import export, read_codings, read_consult, read_highlights, take_in
from feedback.exchange._memos import passed
from feedback.findings import summarize


def _csv(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([("id", "document", "content", "tag"), *rows])
    return path


def _said(codings: Codings) -> set[tuple[str, str, str, tuple[tuple[int, int], ...]]]:
    return {(c.ref, c.code, c.tagger, c.evidence) for c in codings}


def test_highlights_lie_on_exactly_their_words(tmp_path: Path, corpus: Corpus, book: Codebook) -> None:
    path = _csv(
        tmp_path / "h.csv",
        ("1", "LS-Y1_notes.docx", "three buses", "Getting there"),
        ("1", "LS-Y1_notes.docx", "three buses", "Housing"),
        ("2", "ls-y1_notes", "P3: There is no safe house at night.", "a.b.housing"),
        ("3", "LS-Y1", "each way, ma\u0301s  o menos.", "Transporte"),
        ("4", "LS-Y1", "words that nobody said", "Housing"),
        ("5", "LS-Y1", "same", "Nonsense"),
        ("6", "Another", "same", "Housing"),
        ("7", "LS-F1", "The bus", "transportation"),
    )
    found = read_highlights(path, corpus=corpus, codebook=book, coder="ab")
    assert _said(found.codings) == {
        ("LS-Y1#1", "transportation", "human:ab", ((6, 17), (20, 42))),
        ("LS-Y1#1", "housing", "human:ab", ((6, 17),)),
        ("LS-Y1#3", "housing", "human:ab", ()),
        ("LS-F1#0", "transportation", "human:ab", ((0, 7),)),
    }
    assert [line.split(":")[0] for line in found.left_out] == ["row 6", "row 7", "row 8"]
    said = "".join(found.left_out) + str(found.losses)
    for words in ("nobody", "Nonsense", "same", "buses"):
        assert words not in said
    assert "5 of 8 rows" in str(found.losses)


def test_highlights_over_several_lines_and_in_held_units(tmp_path: Path, corpus: Corpus, book: Codebook) -> None:
    held = replace(corpus.values[0].turns[2], text="My cousin Deshawn")
    first = replace(corpus.values[0], turns=tuple(held if t.index == 2 else t for t in corpus.values[0].turns))
    corpus = corpus.replace_sessions([first, corpus.values[1]])
    path = _csv(
        tmp_path / "h.csv",
        ("1", "LS-Y1", "P3: There is no safe house at night.\nsame", "Housing"),
        ("2", "LS-Y1", "My cousin Deshawn", "Housing"),
    )
    found = read_highlights(path, corpus=corpus, codebook=book, coder="ab")
    assert {c.ref for c in found.codings} == {"LS-Y1#3", "LS-Y1#4"}
    assert found.left_out == ("row 4: no unit holds exactly its words",)


def test_a_themefinder_mapping(tmp_path: Path, corpus: Corpus, book: Codebook) -> None:
    themes = [
        {"theme_key": "A", "theme_name": "Getting there: buses and rides", "theme_description": "x"},
        {"theme_key": "B", "theme_name": "Housing"},
    ]
    (tmp_path / "themes.json").write_text(json.dumps(themes))
    rows = [
        {"themefinder_id": 1, "theme_keys": ["A", "B"]}, {"themefinder_id": 2, "theme_keys": ["B", "Z"]},
        {"themefinder_id": "LS-Y1#4", "theme_keys": ["B"]}, {"themefinder_id": "LS-Y1#2", "theme_keys": ["B"]},
    ]  # fmt: skip
    (tmp_path / "mapping.jsonl").write_text("\n".join(json.dumps(r) for r in rows))
    texts = [{"themefinder_id": 1, "text": "The bus is late."}, {"themefinder_id": 2, "text": "Deshawn said no"}]
    (tmp_path / "responses.jsonl").write_text("\n".join(json.dumps(r) for r in texts))
    found = read_consult(tmp_path / "mapping.jsonl", corpus=corpus, codebook=book, coder="tf")
    assert _said(found.codings) == {
        ("LS-F1#0", "transportation", "human:tf", ()), ("LS-F1#0", "housing", "human:tf", ()),
        ("LS-Y1#4", "housing", "human:tf", ()),
    }  # fmt: skip
    assert [line.split(":")[0] for line in found.left_out] == ["line 2", "line 2", "line 4"]
    assert "Deshawn" not in "".join(found.left_out)
    assert take_in(tmp_path, corpus=corpus, codebook=book, coder="tf").codings == found.codings


def test_words_in_two_places_are_not_guessed(tmp_path: Path, corpus: Corpus, book: Codebook) -> None:
    twin = replace(corpus.values[1], id="LS-F2")
    (tmp_path / "themes.json").write_text('{"themes": [{"theme_key": "A", "theme_name": "Housing"}]}')
    (tmp_path / "mapping.jsonl").write_text('{"themefinder_id": 1, "theme_keys": ["A"]}')
    (tmp_path / "responses.jsonl").write_text('{"themefinder_id": 1, "text": "The bus is late."}')
    both = corpus.replace_sessions([*corpus, twin])
    found = read_consult(tmp_path / "mapping.jsonl", corpus=both, codebook=book, coder="tf")
    assert len(found.codings) == 0
    assert "several places" in found.left_out[0]


def test_tables_that_are_none(tmp_path: Path, corpus: Corpus, book: Codebook) -> None:
    for raw in (b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"document;content;tag\n"):
        (tmp_path / "x.csv").write_bytes(raw)
        with pytest.raises(TableError):
            read_highlights(tmp_path / "x.csv", corpus=corpus, codebook=book, coder="ab")
        with pytest.raises(TableError):
            take_in(tmp_path / "x.csv", corpus=corpus, codebook=book, coder="ab")
    with pytest.raises(ReadError, match="an import is"):
        take_in(tmp_path / "x.docx", corpus=corpus, codebook=book, coder="ab")
    with pytest.raises(FeedbackError, match="--coder"):
        take_in(tmp_path / "x.csv", corpus=corpus, codebook=book)
    with pytest.raises(TableError, match=r"themes\.json"):
        take_in(tmp_path, corpus=corpus, codebook=book, coder="ab")
    (tmp_path / "themes.json").write_text("[[" * 100_000)
    with pytest.raises(TableError):
        take_in(tmp_path, corpus=corpus, codebook=book, coder="ab")


def test_a_memo_over_two_lines_stays_one_row(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('ref,code,memo\nS#1,c,"one\ntwo\u2028three"\nS#2,c,\n', encoding="utf-8")
    codings, left_out = read_codings(tmp_path / "c.csv", coder="ab")
    assert [c.why for c in codings] == ["one\ntwo\u2028three", ""]
    assert left_out == []


def test_memos_pass_the_gate(tmp_path: Path, corpus: Corpus, book: Codebook) -> None:
    (tmp_path / "c.csv").write_text(
        "ref,code,memo\nLS-Y1#3,housing,Compare with Deshawn Pruitt at 213-555-0176\nLS-Y1#4,housing,ask about nights\n"
    )
    found = take_in(tmp_path / "c.csv", corpus=corpus, codebook=book, coder="ab")
    whys = [c.why for c in found.codings]
    assert "Pruitt" not in "".join(whys)
    assert "0176" not in "".join(whys)
    assert whys[1] == "ask about nights"


def test_tidy_tables(codings: Codings, tmp_path: Path) -> None:
    themes = summarize(codings, by="audience", unscreened="invented")
    paths = export(codings, themes, tmp_path / "t")
    assert [p.name for p in paths] == [
        "sessions.csv",
        "units.csv",
        "codes.csv",
        "codings.csv",
        "matrix.csv",
        "themes.csv",
        "LOSSES.md",
    ]
    matrix = pd.read_csv(tmp_path / "t" / "matrix.csv").set_index("ref")
    assert list(matrix.columns) == ["transportation", "housing", "night_buses"]
    assert matrix.loc["LS-Y1#3"].tolist() == [0, 1, 1]
    assert set(matrix.to_numpy().ravel()) == {0, 1}
    assert "LS-Y1#2" not in (tmp_path / "t" / "units.csv").read_text()
    again = export(codings, themes, tmp_path / "u")
    assert [p.read_bytes() for p in paths[:-1]] == [p.read_bytes() for p in again[:-1]]
    assert (tmp_path / "t" / "LOSSES.md").read_text() == str(paths.losses)
    assert "1 units held by the privacy gate." in paths.losses.lines


def test_formulas_stay_text(codings: Codings, tmp_path: Path) -> None:
    first = codings.corpus.values[1]
    turns = (replace(first.turns[0], text='=HYPERLINK("http://x")'),)
    evil = replace(
        codings, corpus=codings.corpus.replace_sessions([codings.corpus.values[0], replace(first, turns=turns)])
    )
    export(evil, summarize(evil, by="audience", unscreened="invented"), tmp_path / "t")
    assert "\"'=HYPERLINK" in (tmp_path / "t" / "units.csv").read_text()


def test_parquet_needs_pyarrow_and_says_so(codings: Codings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("feedback.exchange._tidy.import_module", missing)
    with pytest.raises(NotInstalled, match=r"feedback\[parquet\]"):
        export(codings, summarize(codings, by="audience", unscreened="invented"), tmp_path / "t.parquet")
    assert not (tmp_path / "t.parquet").exists()


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="pyarrow is not installed (extra `parquet`)")
def test_parquet_tables(codings: Codings, tmp_path: Path) -> None:
    themes = summarize(codings, by="audience", unscreened="invented")
    paths = export(codings, themes, tmp_path / "t.parquet")
    assert {p.suffix for p in paths} == {".parquet", ".md"}
    matrix = pd.read_parquet(tmp_path / "t.parquet" / "matrix.parquet")
    assert matrix.set_index("ref").loc["LS-Y1#3"].tolist() == [0, 1, 1]
    found = pd.read_parquet(tmp_path / "t.parquet" / "codings.parquet")
    assert [[tuple(s) for s in e] for e in found["evidence"]] == [list(c.evidence) for c in codings]
    units = pd.read_parquet(tmp_path / "t.parquet" / "units.parquet")
    assert units["text"].tolist() == [t.text for s in codings.corpus for t in s.turns if t.withheld is None]
    again = export(codings, themes, tmp_path / "u.parquet")
    assert [p.read_bytes() for p in paths[:-1]] == [p.read_bytes() for p in again[:-1]]


def test_taguettes_workbook_says_the_same_as_its_csv(tmp_path: Path, corpus: Corpus, book: Codebook) -> None:
    import openpyxl

    rows = (("1", "LS-Y1_notes.docx", "three buses", "Getting there"), ("2", "LS-F1", "The bus", "transportation"))
    made = openpyxl.Workbook()
    made.active.append(["id", "document", "content", "tag"])
    for row in rows:
        made.active.append([int(row[0]), *row[1:]])
    made.save(tmp_path / "h.xlsx")
    by_sheet = take_in(tmp_path / "h.xlsx", corpus=corpus, codebook=book, coder="ab")
    by_text = take_in(_csv(tmp_path / "h.csv", *rows), corpus=corpus, codebook=book, coder="ab")
    assert _said(by_sheet.codings) == _said(by_text.codings) != set()
    (tmp_path / "bad.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(TableError, match="no workbook"):
        take_in(tmp_path / "bad.xlsx", corpus=corpus, codebook=book, coder="ab")


def test_a_memo_that_tells_who_somebody_is_without_a_name_is_held() -> None:
    assert passed(["ask about nights", "this is the only Samoan girl in Irwindale", "call Deshawn Pruitt"])[0] == "ask about nights"
    assert "Irwindale" not in str(passed(["ask about nights", "this is the only Samoan girl in Irwindale"])[1])
