"""Our own .qdpx: valid, the same bytes, and equal values when it is read back."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from feedback.codebook import Code, Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import LeakError
from feedback.exchange import Memo, read_qdpx, settle, write_qdpx
from feedback.exchange._xml import clean

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "refi"


def _project(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("project.qde"))


def _named(root: etree._Element, name: str) -> list[etree._Element]:
    return [e for e in root.iter() if etree.QName(e).localname == name]


def _back(path: Path) -> Codings:
    return settle(read_qdpx(path)).codings


def test_reading_back_gives_equal_values(codings: Codings, tmp_path: Path) -> None:
    write_qdpx(codings, tmp_path / "a.qdpx")
    found = settle(read_qdpx(tmp_path / "a.qdpx"))
    assert found.codings.values == codings.values
    assert found.codings.codebook.codes == codings.codebook.codes
    assert dict(found.codings.codebook.groups) == dict(codings.codebook.groups)
    assert (found.codings.codebook.name, found.codings.codebook.version) == ("tiny", "0.2")
    assert dict(found.codings.discourse) == dict(codings.discourse)
    assert found.codings.account() == codings.account()
    for old, new in zip(codings.corpus, found.codings.corpus, strict=True):
        kept = [t for t in old.turns if t.withheld is None]
        assert [t for t in new.turns if t.withheld is None] == kept
        for name in (
            "id",
            "month",
            "audience",
            "languages",
            "participants",
            "spa",
            "recorded",
            "quote_consent",
            "format",
        ):
            assert getattr(new, name) == getattr(old, name)
    assert found.left_out == ()
    assert found.losses.lines == ()


@pytest.mark.parametrize("machines_on", ["unit", "evidence"])
def test_a_round_trip_gives_the_same_bytes(codings: Codings, tmp_path: Path, machines_on: str) -> None:
    memos = [
        Memo("Compare with spring.", "LS-Y1#3:9-19"),
        Memo("First impressions", None, "diary"),
        Memo("x", "LS-Y1#1", "n"),
    ]
    write_qdpx(codings, tmp_path / "a.qdpx", memos=memos, machines_on=machines_on)
    write_qdpx(codings, tmp_path / "a2.qdpx", memos=memos, machines_on=machines_on)
    found = settle(read_qdpx(tmp_path / "a.qdpx"))
    assert found.codings.values == codings.values
    assert sorted(found.memos, key=str) == sorted(memos, key=str)
    again = replace(found.codings, unscreened="test")
    write_qdpx(again, tmp_path / "b.qdpx", memos=found.memos, machines_on=machines_on)
    assert (
        (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "a2.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()
    )


def test_set_against_its_own_corpus_nothing_moves(codings: Codings, tmp_path: Path) -> None:
    write_qdpx(codings, tmp_path / "a.qdpx")
    found = settle(read_qdpx(tmp_path / "a.qdpx"), corpus=codings.corpus, codebook=codings.codebook)
    assert found.codings.values == codings.values
    assert found.codings.corpus is codings.corpus


def test_it_is_laid_out_as_the_format_asks(codings: Codings, tmp_path: Path) -> None:
    write_qdpx(codings, tmp_path / "a.qdpx", machines_on="evidence")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        names = archive.namelist()
        assert names[0] == "project.qde"
        assert all(n.startswith("sources/") and n.endswith(".txt") for n in names[1:])
        assert len(names) == 3
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        texts = {n: archive.read(n) for n in names[1:]}
    for raw in texts.values():
        assert not raw.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in raw
    root = _project(tmp_path / "a.qdpx")
    assert not any(e.get("richTextPath") for e in root.iter())
    passages = {}
    for source in _named(root, "TextSource"):
        text = texts[source.get("plainTextPath", "").replace("internal://", "sources/")].decode()
        for s in _named(source, "PlainTextSelection"):
            passages[s.get("name")] = text[int(s.get("startPosition", "")) : int(s.get("endPosition", ""))]
    assert passages["LS-Y1#1:24-32"] == " way, má"
    assert passages["LS-Y1#1:6-17"] == "three buses"
    assert passages["LS-F1#0:4-7"] == "bus"
    assert passages["LS-Y1#3"] == "There is no safe house at night."
    assert all(codings.corpus.text_of(name) == words for name, words in passages.items() if name)


def test_machines_lie_on_whole_units_people_where_they_chose(codings: Codings, tmp_path: Path) -> None:
    write_qdpx(codings, tmp_path / "a.qdpx")
    names = {s.get("name") for s in _named(_project(tmp_path / "a.qdpx"), "PlainTextSelection")}
    assert {"LS-F1#0", "LS-Y1#1", "LS-Y1#1:6-17", "LS-Y1#1:24-32", "LS-Y1#3", "LS-Y1#4:0-4"} == names


def test_cases_users_and_variables(codings: Codings, tmp_path: Path) -> None:
    write_qdpx(codings, tmp_path / "a.qdpx")
    root = _project(tmp_path / "a.qdpx")
    assert [c.get("name") for c in _named(root, "Case")] == ["LS-Y1", "LS-F1"]
    assert [u.get("name") for u in _named(root, "User")] == ["human:ab", "human:cd", "model@1", "rules@1"]
    found = {c.name: dict(c.values) for c in read_qdpx(tmp_path / "a.qdpx").cases}
    assert found["LS-Y1"] == {
        "audience": "youth", "month": "2025-03", "spa": "6", "languages": "en, es", "participants": "8",
        "quote_consent": "review", "recorded": "false", "format": "docx",
    }  # fmt: skip
    folders = [c for c in _named(root, "Code") if c.get("isCodable") == "false"]
    assert [f.get("name") for f in folders] == ["Access to services", "Nothing yet"]
    assert [c.get("name") for c in _named(folders[0], "Code")] == [
        "Access to services",
        "Getting there",
        "Buses at night",
    ]


def test_withheld_units_leave_nothing_behind(codings: Codings, tmp_path: Path) -> None:
    secret = "Deshawn Pruitt"
    turns = tuple(replace(t, text=secret) if t.withheld else t for t in codings.corpus.values[0].turns)
    corpus = codings.corpus.replace_sessions([replace(codings.corpus.values[0], turns=turns), codings.corpus.values[1]])
    held = Coding("LS-Y1#2", "housing", "human:ab", evidence=((0, 7),), why="category: need")
    leaky = replace(codings, corpus=corpus, values=(*codings.values, held))
    losses = write_qdpx(leaky, tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        everything = b"".join(archive.read(n) for n in archive.namelist())
    assert b"Deshawn" not in everything
    assert b"LS-Y1#2" not in everything
    assert b"names a person" not in everything
    assert any(line.startswith("1 units held") for line in losses.lines)
    assert any(line.startswith("1 codings on units") for line in losses.lines)


def test_open_findings_are_not_exported(codings: Codings, tmp_path: Path) -> None:
    corpus = Corpus((Session("S", (Turn(0, "Call my cousin Deshawn Pruitt at 213-555-0176."),)),))
    with pytest.raises(LeakError) as err:
        write_qdpx(Codings((), corpus, codings.codebook), tmp_path / "a.qdpx")
    assert "Pruitt" not in str(err.value)
    assert not (tmp_path / "a.qdpx").exists()


def test_valid_against_the_schema_as_published(codings: Codings, tmp_path: Path) -> None:
    official = SHARED / "Project.xsd"
    if not official.is_file():
        pytest.skip("../shared/data/refi is not here: the published schema cannot be read")
    write_qdpx(codings, tmp_path / "a.qdpx", memos=[Memo("note", "LS-Y1#1"), Memo("loose")])
    etree.XMLSchema(etree.parse(official)).assertValid(_project(tmp_path / "a.qdpx"))


def test_an_independent_reader_opens_it(codings: Codings, tmp_path: Path) -> None:
    pyrefiqda = pytest.importorskip("pyrefiqda")
    write_qdpx(codings, tmp_path / "a.qdpx", machines_on="evidence")
    project = pyrefiqda.RefiProject.load(tmp_path / "a.qdpx", extract_dir=str(tmp_path / "x"))
    words = set()
    for source in project.sources.text_source:
        path = pyrefiqda.RefiProject.resolve_source_path(source.plain_text_path, tmp_path / "x")
        text = path.read_text(encoding="utf-8")
        words |= {text[s.start_position : s.end_position] for s in source.plain_text_selection}
    assert {"three buses", "bus", "There is no safe house at night.", "same"} <= words
    assert len(project.code_book.codes.code) == 3


def test_line_breaks_of_other_systems_move_no_place(book: Codebook, tmp_path: Path) -> None:
    corpus = Corpus((Session("S-1", (Turn(0, "one\r\ntwo\rthree 🚌\0four"), Turn(1, "five"))),))
    mine = Coding("S-1#0", "housing", "human:ab", evidence=((5, 8), (9, 14), (17, 21)))
    losses = write_qdpx(Codings((mine,), corpus, book, unscreened="test"), tmp_path / "a.qdpx")
    assert any(line.startswith("1 units with line breaks") for line in losses.lines)
    found = _back(tmp_path / "a.qdpx")
    assert found.values == (mine,)
    assert [found.corpus.text_of(f"S-1#0:{s}-{e}") for s, e in mine.evidence] == ["two", "three", "four"]


# ---- any words ----------------------------------------------------------------------------------------------------

_words = st.text(
    st.one_of(
        st.sampled_from("a b.:\"'<>&\n\r\t🚌👩‍👧é́ñ\u0301\u2028\u0085\x0b\x00\x1b\ufeff\ud800\U0001f468ﬁ[]{}"),
        st.characters(),
    ),
    max_size=40,
)
_LONG = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(
    texts=st.lists(_words, min_size=1, max_size=6), labels=st.lists(st.none() | _words, min_size=6, max_size=6),
    spans=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40), st.integers(0, 40), st.booleans()), max_size=8),
    why=_words, code=_words.filter(str.strip), definition=_words,
)  # fmt: skip
@_LONG
def test_any_words_survive(
    tmp_path: Path, texts: list[str], labels: list[str | None], spans: list[tuple[int, int, int, bool]], why: str, code: str,
    definition: str,
) -> None:  # fmt: skip
    turns = tuple(Turn(i, t, Speaker(labels[i])) for i, t in enumerate(texts))
    book = Codebook((Code("c", code, definition=definition, include=why, examples={"en": (definition + "x",)}),))
    made = {}
    for i, a, b, person in spans:
        if i < len(texts) and texts[i]:
            evidence = ((a, b),) if a < b <= len(texts[i]) else ()
            tagger = "human:ab" if person else "rules@1"
            made[(i, tagger)] = Coding(f"S-1#{i}", "c", tagger, evidence=evidence, why=why)
    values = tuple(made[k] for k in sorted(made))
    codings = Codings(values, Corpus((Session("S-1", turns),)), book, unscreened="test")
    write_qdpx(codings, tmp_path / "a.qdpx")
    found = _back(tmp_path / "a.qdpx")
    seen = [(c.ref, c.code, c.tagger, c.evidence) for c in found]
    wanted = [(c.ref, c.code, c.tagger, c.evidence) for c in values if _worded(c, texts)]
    assert seen == wanted
    if clean(why) == why and why.strip():
        assert list(found) == [c for c in values if _worded(c, texts)]
    if clean(definition + why + code) == definition + why + code:
        assert found.codebook.codes == book.codes
    for old, new in zip(turns, found.corpus.values[0].turns, strict=True):
        assert len(new.text) == len(old.text)
        if not set(old.text) & set("\r\0") and not any("\ud800" <= c <= "\udfff" for c in old.text):
            assert new.text == old.text
    write_qdpx(replace(found, unscreened="test"), tmp_path / "b.qdpx")
    write_qdpx(replace(_back(tmp_path / "b.qdpx"), unscreened="test"), tmp_path / "c.qdpx")
    assert (tmp_path / "b.qdpx").read_bytes() == (tmp_path / "c.qdpx").read_bytes()


def _worded(coding: Coding, texts: list[str]) -> bool:
    text = texts[int(coding.ref.rpartition("#")[2])]
    if coding.tagger.startswith("human:") and coding.evidence:
        ((s, e),) = coding.evidence
        text = text[s:e]
    return bool(text.strip())


def test_the_map_of_a_stranger_is_not_trusted(codings: Codings, tmp_path: Path) -> None:
    write_qdpx(codings, tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    for bad in (
        {"turns": 10**9}, {"units": [{"i": 0, "at": [0, 10**9]}]}, {"units": [{"i": -1, "at": [0, 1]}]}, {"units": 3},
        {"session": "a#b"}, {"nonsense": 1}, {"units": [{"i": 0, "at": [0, 1], "nonsense": 2}]},
    ):  # fmt: skip
        root = etree.fromstring(members["project.qde"])
        for note in _named(root, "PlainTextContent"):
            if (note.text or "").startswith("{"):
                note.text = json.dumps(json.loads(note.text or "") | bad)
        with zipfile.ZipFile(tmp_path / "b.qdpx", "w") as archive:
            for name, content in members.items():
                archive.writestr(name, etree.tostring(root) if name == "project.qde" else content)
        found = settle(read_qdpx(tmp_path / "b.qdpx"))
        assert {len(s.turns) for s in found.codings.corpus} <= {1, 4}  # read by lines instead
        assert len(found.codings) >= 5
