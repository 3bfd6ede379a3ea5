"""Projects as NVivo, ATLAS.ti, MAXQDA and QualCoder write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from feedback.codebook import Code, Codebook, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.exchange import Memo, read_qdpx, settle, write_qdpx

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "refi"
A, B, C, D, E, F = (f"{letter * 8}-0000-0000-0000-000000000000" for letter in "ABCDEF")
BOOK = f"""<CodeBook><Codes><Code guid="{A}" name="Rides" isCodable="true"><Description>getting about</Description></Code>
<Code guid="{B}" name="Homes" isCodable="true"/></Codes></CodeBook>"""
Write = Callable[..., Path]


def _coding(code: str, user: str = "", more: str = "") -> str:
    who = f' creatingUser="{user}"' if user else ""
    return f'<Coding guid="{D}"{who}><CodeRef targetGUID="{code}"/>{more}</Coding>'


def _source(inside: str, name: str = "talk.docx", path: str = f"internal://{C}.txt") -> str:
    return f'<Sources><TextSource guid="{E}" name="{name}" plainTextPath="{path}">{inside}</TextSource></Sources>'


def _select(start: int, end: int, inside: str, name: str = "") -> str:
    return f'<PlainTextSelection guid="{F}" name="{name}" startPosition="{start}" endPosition="{end}">{inside}</PlainTextSelection>'


def _found(path: Path) -> dict[str, set[str]]:
    """Code -> the words it lies on."""
    codings = settle(read_qdpx(path)).codings
    out: dict[str, set[str]] = {}
    for c in codings:
        text = codings.corpus.text_of(c.ref)
        out.setdefault(c.code, set()).update({text[s:e] for s, e in c.evidence} or {text})
    return out


def test_the_public_atlas_export() -> None:
    path = SHARED / "TestProject.qdpx"
    if not path.is_file():
        pytest.skip("../shared/data/refi is not here: the public ATLAS.ti export cannot be read")
    incoming = read_qdpx(path)
    assert len(incoming.codes.codebook) == 14
    assert incoming.codings == 16
    assert sum(len(s.selections) for s in incoming.sources) == 8
    book = incoming.codes.codebook
    assert book["coke_diet_coke"].parent == "coke"
    assert book["coke_diet_coke"].definition == "non sucré"
    assert incoming.codes.colours["milk" if "milk" in incoming.codes.colours else "sleepy"] == "#F00082"
    found = settle(incoming, coder="xy")
    assert len(found.codings) == 0
    assert "7 codings on pictures, pages, sound and film (only words are coded here)." in found.losses.lines
    assert "9 codings on sources that could not be placed." in found.losses.lines
    said = str(found.losses) + "".join(found.left_out)
    for words in ("Mabel", "Simon", "tomorrow", "Friedrich", "breakfast"):
        assert words not in said
    texts = [m.text for m in found.memos]
    assert "why does Simon feel the need to do this?" in texts
    assert any(t.startswith("This is a great project") for t in texts)


@pytest.mark.parametrize("folder", ["sources", "Sources", "SOURCES"])
@pytest.mark.parametrize("qde", ["project.qde", "Project.qde", "My study.qde"])
def test_case_of_folders_and_name_of_the_project(qdpx: Write, folder: str, qde: str) -> None:
    path = qdpx(BOOK + _source(_select(0, 5, _coding(A))), {f"{folder}/{C}.TXT": b"buses\nhomes"}, name=qde)
    assert _found(path) == {"rides": {"buses"}}


@pytest.mark.parametrize("guid", [f"{{{A}}}", A.lower(), f"{{{A.lower()}}}"])
def test_braces_and_case_of_guids(qdpx: Write, guid: str) -> None:
    path = qdpx(BOOK + _source(_select(0, 5, _coding(guid))), {f"sources/{C}.txt": b"buses\nhomes"})
    assert _found(path) == {"rides": {"buses"}}


def test_cr_lf_counts_as_one_as_in_atlas(qdpx: Write) -> None:
    path = qdpx(BOOK + _source(_select(6, 11, _coding(A))), {f"sources/{C}.txt": b"homes\r\nbuses\r\nend"})
    assert _found(path) == {"rides": {"buses"}}


def test_cr_lf_counts_as_two_where_the_quotations_say_so(qdpx: Write) -> None:
    path = qdpx(
        BOOK + _source(_select(7, 12, _coding(A), name="buses")), {f"sources/{C}.txt": b"homes\r\nbuses\r\nend"}
    )
    assert _found(path) == {"rides": {"buses"}}
    assert "CR LF counted as two" in str(settle(read_qdpx(path)).losses)


def test_a_byte_order_mark_counts_nothing(qdpx: Write) -> None:
    for raw in (b"\xef\xbb\xbfbuses\n", "\ufeffbuses\n".encode("utf-16-le"), "buses".encode("utf-16")):
        assert _found(qdpx(BOOK + _source(_select(0, 5, _coding(A))), {f"sources/{C}.txt": raw})) == {
            "rides": {"buses"}
        }


def test_an_emoji_is_one_unless_the_quotations_say_two(qdpx: Write) -> None:
    text = "🚌🚌 buses home".encode()
    assert _found(qdpx(BOOK + _source(_select(3, 8, _coding(A))), {f"sources/{C}.txt": text})) == {"rides": {"buses"}}
    told = _source(_select(5, 10, _coding(A), name="buses"))
    assert _found(qdpx(BOOK + told, {f"sources/{C}.txt": text})) == {"rides": {"buses"}}


def test_text_inside_the_project(qdpx: Write) -> None:
    inside = f'<Sources><TextSource guid="{E}" name="x"><PlainTextContent>buses late</PlainTextContent>'
    path = qdpx(BOOK + inside + _select(0, 5, _coding(A)) + "</TextSource></Sources>")
    assert _found(path) == {"rides": {"buses"}}


def test_maxqda_a_description_without_coding_is_a_note(qdpx: Write) -> None:
    body = BOOK + _source(_select(0, 5, "<Description>ask again</Description>") + _select(6, 11, _coding(B)))
    found = settle(read_qdpx(qdpx(body, {f"sources/{C}.txt": b"buses homes"})))
    assert found.memos == (Memo("ask again", "talk#0:0-5"),)
    assert [c.code for c in found.codings] == ["homes"]


def test_maxqda_nameless_cases_and_sources_of_one_name(qdpx: Write) -> None:
    one = (
        f'<TextSource guid="{E}" name="Notes" plainTextPath="internal://{C}.txt">'
        + _select(0, 5, _coding(A))
        + "</TextSource>"
    )
    two = one.replace(E, F).replace(f'targetGUID="{A}"', f'targetGUID="{B}"')
    cases = f'<Cases><Case guid="{D}"><SourceRef targetGUID="{E}"/></Case></Cases>'
    found = settle(read_qdpx(qdpx(BOOK + cases + f"<Sources>{one}{two}</Sources>", {f"sources/{C}.txt": b"buses"})))
    assert [s.id for s in found.codings.corpus] == ["Notes", "Notes-2"]
    assert {(c.ref, c.code) for c in found.codings} == {("Notes#0", "rides"), ("Notes-2#0", "homes")}


def test_nvivo_hangs_annotations_on_links(qdpx: Write) -> None:
    note = f'<Notes><Note guid="{D}" name="n"><PlainTextContent>doubtful</PlainTextContent></Note></Notes>'
    link = f'<Links><Link guid="{A}" originGUID="{F}" targetGUID="{D}"/></Links>'
    path = qdpx(BOOK + _source(_select(0, 5, "")) + note + link, {f"Sources/{C}.txt": b"buses homes"})
    found = settle(read_qdpx(path))
    assert [(m.text, m.ref) for m in found.memos] == [("doubtful", "talk#0:0-5")]


def test_variables_in_cases_and_in_sources(qdpx: Write) -> None:
    variables = f'<Variables><Variable guid="{A}" name="Audience" typeOfVariable="Text"/><Variable guid="{B}" name="SPA" ' \
                'typeOfVariable="Integer"/></Variables>'  # fmt: skip
    value = '<VariableValue><VariableRef targetGUID="{}"/><{}Value>{}</{}Value></VariableValue>'
    said = value.format(A, "Text", "youth", "Text")
    case = f'<Cases><Case guid="{D}" name="c">{said}<SourceRef targetGUID="{E}"/></Case></Cases>'
    source = _source(value.format(B, "Integer", "6", "Integer"))
    found = settle(read_qdpx(qdpx(BOOK + variables + case + source, {f"sources/{C}.txt": b"buses"})))
    session = found.codings.corpus.values[0]
    assert (session.audience, session.spa) == ("youth", 6)


def test_codes_without_is_codable_and_without_guid(qdpx: Write) -> None:
    book = f"""<CodeBook><Codes><Code name="Needs"><Code name="Rides" guid="{A}"><Description>x</Description></Code></Code>
    <Code name="Folder" isCodable="false"><Code name="Inner" isCodable="false"><Code name="Homes" guid="{B}"/></Code></Code>
    <Code name="Homes"/></Codes></CodeBook>"""
    incoming = read_qdpx(qdpx(book + _source(_select(0, 5, _coding(A))), {f"sources/{C}.txt": b"buses"}))
    codes = {c.id: c.parent for c in incoming.codes.codebook}
    assert codes == {"needs": None, "rides": "needs", "homes": "inner", "homes_2": None}
    assert dict(incoming.codes.codebook.groups) == {"folder": "Folder", "inner": "Folder / Inner"}
    lines = settle(incoming).losses.lines
    assert any("without a GUID" in line for line in lines)
    assert any("folders inside folders" in line for line in lines)


def test_coders_become_initials(qdpx: Write) -> None:
    users = f'<Users><User guid="{A}" name="Friedrich Markgraf"/><User guid="{B}" name="Flora M."/></Users>'
    one = _source(_select(0, 5, _coding(A, A)))
    two = _source(_select(0, 5, _coding(A, A) + _coding(B, B)))
    text = {f"sources/{C}.txt": b"buses homes"}
    assert {c.tagger for c in settle(read_qdpx(qdpx(users + BOOK + one, text)), coder="xy").codings} == {"human:xy"}
    assert {c.tagger for c in settle(read_qdpx(qdpx(users + BOOK + two, text)), coder="xy").codings} == {
        "human:fm",
        "human:fm2",
    }


# ---- what another program did to our own file ---------------------------------------------------------------------


def test_codings_find_their_units_in_a_reshaped_text(qdpx: Write, corpus: Corpus) -> None:
    text = (
        "Heading\r\n\r\nP1 :  It is three  buses 🚌 each way,\r\nma\u0301s o menos.\r\n\r\n"
        "P3: There is no safe house at night.\r\n"
    )
    plain = text.replace("\r\n", "\n")
    start, end = plain.index("three"), plain.index("safe") + len("safe house")
    body = BOOK + _source(_select(start, end, _coding(A)), name="LS-Y1_notes")
    book = Codebook((Code("transportation", "rides"),))
    found = settle(read_qdpx(qdpx(body, {f"sources/{C}.txt": text.encode()})), corpus=corpus, codebook=book, coder="ab")
    said = {c.ref: [corpus.text_of(c.ref)[s:e] for s, e in c.evidence] for c in found.codings}
    assert said == {"LS-Y1#1": ["three buses 🚌 each way, más o menos."], "LS-Y1#3": ["There is no safe house"]}
    assert {c.code for c in found.codings} == {"transportation"}


def test_what_fits_nowhere_is_listed_without_words(qdpx: Write, corpus: Corpus) -> None:
    book = Codebook((Code("housing", "Homes"),))
    body = BOOK.replace("Rides", "three buses each") + _source(
        _select(0, 5, _coding(A)) + _select(6, 20, _coding(B)) + _select(900, 950, _coding(A)), name="Ana's talk.docx"
    )
    text = {f"sources/{C}.txt": b"three buses each way, words of Deshawn"}
    found = settle(read_qdpx(qdpx(body, text)), corpus=corpus, codebook=book, coder="ab")
    assert len(found.codings) == 0
    assert found.left_out == ("source 1: 2 codings; no session here goes by its name",)
    named = settle(
        read_qdpx(qdpx(body.replace("Ana's talk", "LS-Y1_notes"), text)), corpus=corpus, codebook=book, coder="ab"
    )
    said = str(named.losses) + "".join(named.left_out) + str(found.losses)
    for words in ("three", "buses", "Ana", "Deshawn"):
        assert words not in said
    assert "1 passages that lie outside their source." in named.losses.lines


def test_a_facilitators_words_are_coded_only_alone(qdpx: Write) -> None:
    turns = (Turn(0, "Why is that?", Speaker("F", "facilitator")), Turn(1, "No bus.", Speaker("P1")))
    corpus = Corpus((Session("talk", turns),))
    book = Codebook((Code("rides", "Rides"),))
    text = b"F: Why is that?\nP1: No bus.\n"
    both = qdpx(BOOK + _source(_select(0, 27, _coding(A))), {f"sources/{C}.txt": text})
    assert [c.ref for c in settle(read_qdpx(both), corpus=corpus, codebook=book).codings] == ["talk#1"]
    alone = qdpx(BOOK + _source(_select(3, 8, _coding(A))), {f"sources/{C}.txt": text})
    assert [c.ref for c in settle(read_qdpx(alone), corpus=corpus, codebook=book).codings] == ["talk#0"]


def test_a_decision_of_the_gate_after_the_export(codings: Codings, tmp_path: Path) -> None:
    write_qdpx(codings, tmp_path / "a.qdpx")
    first = codings.corpus.values[0]
    turns = tuple(replace(t, text="", withheld="a name") if t.index == 3 else t for t in first.turns)
    now = codings.corpus.replace_sessions([replace(first, turns=turns), codings.corpus.values[1]])
    found = settle(read_qdpx(tmp_path / "a.qdpx"), corpus=now, codebook=codings.codebook)
    assert {c.ref for c in found.codings} == {"LS-F1#0", "LS-Y1#1", "LS-Y1#4"}
    assert any("touch no unit" in line for line in found.losses.lines)
