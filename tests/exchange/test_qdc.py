"""Codebooks as .qdc: nothing of a code is lost on the way out and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from feedback.codebook import Code, Codebook
from feedback.errors import ReadError
from feedback.exchange import read_codebook, read_qdc, write_qdc

DEMO = Path(__file__).parents[2] / "corpora" / "demo" / "codebook.yaml"


def test_the_demo_codebook_comes_back_whole(tmp_path: Path) -> None:
    book = Codebook.load(DEMO)
    losses = write_qdc(book, tmp_path / "a.qdc")
    read, _ = read_qdc(tmp_path / "a.qdc")
    assert read.codebook.codes == book.codes
    assert dict(read.codebook.groups) == dict(book.groups)
    assert (read.codebook.name, read.codebook.version) == (book.name, book.version)
    write_qdc(read.codebook, tmp_path / "b.qdc", colours=read.colours)
    assert (tmp_path / "a.qdc").read_bytes() == (tmp_path / "b.qdc").read_bytes()
    assert any("language rules" in line for line in losses.lines)


def test_people_can_read_the_description(book: Codebook, tmp_path: Path) -> None:
    write_qdc(book, tmp_path / "a.qdc")
    root = etree.parse(tmp_path / "a.qdc").getroot()
    assert root.tag == "{urn:QDA-XML:codebook:1.0}CodeBook"
    found = next(e for e in root.iter() if e.get("name") == "Getting there")
    assert found.get("isCodable") == "true"
    assert (found.getparent().get("name"), found.getparent().get("isCodable")) == ("Access to services", "false")
    lines = (found[0].text or "").split("\n")
    assert lines[0] == "Ways to get there."
    assert {"Include: buses, rides", "Exclude: school buses", "Example (es): Son tres camiones."} <= set(lines)


def test_an_independent_reader_opens_it(book: Codebook, tmp_path: Path) -> None:
    pyrefiqda = pytest.importorskip("pyrefiqda")
    write_qdc(book, tmp_path / "a.qdc")
    read = pyrefiqda.RefiCodebook.load(tmp_path / "a.qdc")
    assert [c.name for c in read.codes.code] == ["Access to services", "Nothing yet", "Housing"]
    assert read.codes.code[0].code[0].code[0].name == "Buses at night"
    assert all(c.color for c in read.codes.code)


_text = st.text(st.sampled_from("ab \n\\:\"'<&>éé́🚌\r\t[]{}()|") | st.characters(), max_size=30)
_texts = st.dictionaries(
    st.sampled_from(["en", "es", "zh-Hant"]), st.lists(_text, min_size=1, max_size=3).map(tuple), max_size=2
)


@given(
    st.lists(
        st.builds(
            Code, st.just("x"), _text.filter(str.strip), st.sampled_from([None, "g", "c0", "c1", "loose"]), _text, _text, _text,
            names=st.dictionaries(st.just("es"), _text.filter(bool), max_size=1), triggers=_texts, examples=_texts,
            block=st.lists(_text, max_size=2).map(tuple), memo=_text, report_as=_text, maps=_texts,
            sensitivity=st.sampled_from(["standard", "restricted"]), status=st.sampled_from(["accepted", "proposed"]),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_codebook_survives(tmp_path: Path, codes: list[Code]) -> None:
    from feedback.exchange._xml import clean

    book = Codebook(tuple(replace(c, id=f"c{i}") for i, c in enumerate(codes)), {"g": "A group", "h": "None here"})
    write_qdc(book, tmp_path / "a.qdc")
    read, _ = read_qdc(tmp_path / "a.qdc")
    said = str([(c.name, c.definition, c.include, c.exclude, c.memo, c.report_as, c.examples) for c in codes])
    parents = {c.id: c.parent for c in book}
    circular = any(parents.get(p or "") is not None and _circles(i, parents) for i, p in parents.items())
    if all(clean(t) == t for c in codes for t in _shown(c)) and not circular:
        assert read.codebook.codes == book.codes, said
    assert {c.id for c in read.codebook} == {c.id for c in book}
    write_qdc(read.codebook, tmp_path / "b.qdc", colours=read.colours)
    again, _ = read_qdc(tmp_path / "b.qdc")
    assert again.codebook == read.codebook


def _shown(code: Code) -> list[str]:
    return [code.name, code.definition, code.include, code.exclude, code.memo, code.report_as,
            *(t for texts in code.examples.values() for t in texts)]  # fmt: skip


def _circles(ident: str, parents: dict[str, str | None]) -> bool:
    seen, at = set[str](), parents.get(ident)
    while at in parents:
        if at in seen or at == ident:
            return True
        seen.add(at)
        at = parents[at]
    return False


def test_lines_that_look_like_labels_stay_where_they_are(tmp_path: Path) -> None:
    book = Codebook(
        (Code("c", "C", definition="a\nInclude: b\n", include="d\nExclude: e\n\nMemo: f", memo="\n[feedback] {}"),)
    )
    write_qdc(book, tmp_path / "a.qdc")
    assert read_qdc(tmp_path / "a.qdc")[0].codebook.codes == book.codes


def test_taguettes_flat_tree_stands_up_again(tmp_path: Path) -> None:
    (tmp_path / "t.qdc").write_text(
        '<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Taguette 1.5"><Codes>'
        '<Code guid="0D62985D-B147-5D01-A9B5-CAE5DCD98342" name="interesting" isCodable="true"/>'
        '<Code guid="725F0645-9CD3-598A-8D2B-EC3D39AB3C3F" name="interesting.places" isCodable="true"/></Codes><Sets/></CodeBook>'
    )
    read, losses = read_qdc(tmp_path / "t.qdc")
    assert [(c.id, c.parent) for c in read.codebook] == [("interesting", None), ("interesting_places", "interesting")]
    assert losses.lines == ()


def test_atlas_sets_are_said_to_be_lost(tmp_path: Path) -> None:
    (tmp_path / "t.qdc").write_text(
        '<CodeBook xmlns="urn:QDA-XML:codebook:0:4"><Codes><Code guid="1FF58B12-6F6F-4B0C-8BE5-BBDC91F55294" name="code1">'
        "<Description>what it is\nExclude: what not</Description></Code></Codes>"
        '<Sets><Set name="g" guid="1FF58B12-6F6F-4B0C-8BE5-BBDC91F55295"/></Sets></CodeBook>'
    )
    read, losses = read_qdc(tmp_path / "t.qdc")
    assert (read.codebook["code1"].definition, read.codebook["code1"].exclude) == ("what it is", "what not")
    assert losses.lines == ("1 sets of codes (a code stands in one group only).",)


def test_an_edited_codebook_changes_words_not_protection(book: Codebook, tmp_path: Path) -> None:
    edited = book.add(
        replace(book["housing"], definition="A place to live", sensitivity="standard", triggers={"en": ("rent",)}),
        Code("laundry", "Laundry", "new_group", definition="Clean clothes"),
    )
    write_qdc(replace(edited, codes=edited.codes[1:], groups={**book.groups, "new_group": "New"}), tmp_path / "e.qdc")
    merged, losses = read_codebook(tmp_path / "e.qdc", book)
    assert merged["housing"].definition == "A place to live"
    assert (merged["housing"].sensitivity, dict(merged["housing"].triggers)) == ("sensitive", {})
    assert (merged["laundry"].status, merged["laundry"].parent, merged.groups["new_group"]) == (
        "proposed",
        "new_group",
        "New",
    )
    assert merged["transportation"] == book["transportation"]
    assert losses.kept == ("3 codes: 1 changed, 1 new (as proposed)",)
    assert any(line.startswith("1 codes of this project") for line in losses.lines)


def test_nothing_to_write_or_read(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no codes"):
        write_qdc(Codebook(), tmp_path / "a.qdc")
    with pytest.raises(ReadError, match="cannot be opened"):
        read_qdc(tmp_path / "none.qdc")
