"""Pages of notes in plain lines, rich text and OpenDocument: marks, labels, wraps, parts of the page."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from feedback.errors import ReadError
from feedback.ingest import _odt, _rtf
from feedback.ingest._blocks import Block, line_blocks, mark_of
from feedback.ingest._notes import notes_drafts, read_notes
from feedback.ingest._sections import is_debrief, is_parking, is_question, note_taker_kind, quoted
from feedback.ingest._units import Draft

HEAD = "LS-N1 notes. March 2025. Families. 8 people. SPA 3. Not recorded."


def lines(text: str) -> list[Draft]:
    return notes_drafts(line_blocks(text.strip("\n").split("\n")))


def said(drafts: list[Draft]) -> list[tuple[str | None, str]]:
    return [(d.speaker, d.text) for d in drafts if d.kind == "note"]


@pytest.mark.parametrize(
    "mark", ["- ", "– ", "• ", "* ", "·  ", "o   ", "→ ", "-> ", "[ ] ".replace("[ ] ", "☐ "), "1) ", "\uf0b7 "]
)
def test_bullet_marks_are_not_words(mark: str) -> None:
    assert said(lines(f"{HEAD}\n\nWhat helps?\n{mark}the garden\n{mark}my aunt, “she waits”\n{mark}5 buses"))[0] == (
        None,
        "the garden",
    )


def test_a_dash_inside_or_a_negative_is_no_bullet() -> None:
    assert mark_of("-5 degrees in the room") == ("", "-5 degrees in the room")
    assert mark_of("after-hours line")[0] == ""
    assert mark_of("*")[0] == ""


@pytest.mark.parametrize(
    ("line", "speaker", "words"),
    [
        ("P3: no bus", "P3", "no bus"), ("P3 - no bus", "P3", "no bus"), ("[P3] no bus", "P3", "no bus"),
        ("(P3) no bus", "P3", "no bus"),
        ("Participant 4: no bus", "Participant 4", "no bus"), ("Madre 2: no hay", "Madre 2", "no hay"),
        ("#4: no bus", "#4", "no bus"),
        ("R1 (nurse): no bus", "R1", "no bus"), ("P3 – “no bus”", "P3", "“no bus”"),
        ("MS teacher: kids asleep", None, "MS teacher: kids asleep"), ("Why: hungry, bored", None, "Why: hungry, bored"),
        ("IEP: never came", None, "IEP: never came"), ("12-, 13-yr-olds: alone", None, "12-, 13-yr-olds: alone"),
    ],
)  # fmt: skip
def test_labels_become_the_speaker_and_other_words_stay(line: str, speaker: str | None, words: str) -> None:
    assert said(lines(f"{HEAD}\n\nWhat helps?\n- {line}\n- the garden\n- dogs")) == [
        (speaker, words),
        (None, "the garden"),
        (None, "dogs"),
    ]


def test_codes_without_a_colon_and_initials_count_where_they_come_again() -> None:
    assert said(lines(f"{HEAD}\n\nWhat helps?\n- R1 the garden\n- R2 (nurse) dogs\n- R3 bread")) == [
        ("R1", "the garden"),
        ("R2", "(nurse) dogs"),
        ("R3", "bread"),
    ]
    assert said(lines(f"{HEAD}\n\nWhat helps?\n- MJ: a\n- TR: b\n- MJ: c\n- LV: d")) == [
        ("MJ", "a"),
        ("TR", "b"),
        ("MJ", "c"),
        ("LV", "d"),
    ]
    assert said(lines(f"{HEAD}\n\nWhat helps?\n- K12 funding\n- dogs\n- LA: far")) == [
        (None, "K12 funding"),
        (None, "dogs"),
        (None, "LA: far"),
    ]


def test_wrapped_lines_are_joined_and_sub_points_are_not() -> None:
    page = f"""{HEAD}

What helps?
- the way home takes two transfers and the second one is never there when
  the first one comes
- dogs
    - the small one
- a point that is long enough to reach the edge of the page on which it was
typed, without any indent
- far-
  off kin
"""
    assert [x for _, x in said(lines(page))] == [
        "the way home takes two transfers and the second one is never there when the first one "
        "comes", "dogs", "the small one",
        "a point that is long enough to reach the edge of the page on which it was typed, without any indent", "far-off kin",
    ]  # fmt: skip


def test_the_parts_of_a_page_in_spanish() -> None:
    page = """Sesión LS-N2, mayo 2025, familias, 9 personas, español, SPA 7, no grabada

1. ¿Qué les preocupa?
- la renta
- «No hay camión»
Nota: silencio largo
Estacionamiento
- ¿quién barre?
Reflexión del equipo
Grupo cálido.
"""
    assert [(d.text, d.role, d.kind, d.verbatim, d.parking_lot) for d in lines(page)[1:]] == [
        ("1. ¿Qué les preocupa?", "heading", "prompt", False, False), ("la renta", "participant", "note", False, False),
        ("«No hay camión»", "participant", "note", True, False), ("Nota: silencio largo", "notetaker", "debrief", False, False),
        ("Estacionamiento", "heading", "process", False, False), ("¿quién barre?", "participant", "note", False, True),
        ("Reflexión del equipo", "heading", "process", False, False), ("Grupo cálido.", "notetaker", "debrief", False, False),
    ]  # fmt: skip


def test_a_list_of_questions_on_top_is_the_header() -> None:
    page = (
        f"{HEAD}\nQuestions:\n- What helps?\n- What is missing?\n\nWhat helps?\n- the garden\nWhat is "
        f"missing?\n- a bus\n- a bed"
    )
    drafts = lines(page)
    assert [d.text for d in drafts if d.kind == "prompt"] == ["What helps?", "What is missing?"]
    assert [d.kind for d in drafts[:4]] == ["process"] * 4


def test_who_asks_and_who_interprets() -> None:
    drafts = lines(
        f"{HEAD}\n\nWhat helps?\n- Facilitator: and at night?\n- P1: the garden\n- Interpreter: she says the garden\n- dogs"
    )
    assert [(d.speaker, d.text) for d in drafts[2:5]] == [
        ("Facilitator", "and at night?"),
        ("P1", "the garden"),
        ("Interpreter", "she says the garden"),
    ]
    assert all(d.role is None for d in drafts[2:5])


def test_what_stands_after_the_last_points_is_the_teams_own() -> None:
    blocks = [Block("heading", "LS-N3", 0), Block("paragraph", HEAD), Block("heading", "What helps?", 2)]
    blocks += [Block("bullet", x) for x in ("a", "b", "c")] + [
        Block("heading", "Closing thoughts", 2),
        Block("paragraph", "They were tired."),
    ]
    assert [(d.role, d.kind) for d in notes_drafts(blocks)[-2:]] == [("heading", "process"), ("notetaker", "debrief")]


def test_feet_of_pages_stay_out_of_parts_and_header() -> None:
    blocks = [
        Block("paragraph", HEAD),
        Block("heading", "Parking lot", 2),
        Block("bullet", "a"),
        Block("running", "page 1"),
        Block("bullet", "b"),
    ]
    document = read_notes(blocks)
    assert [(d.text, d.role, d.parking_lot) for d in document.drafts[2:]] == [
        ("a", "participant", True),
        ("page 1", "heading", False),
        ("b", "participant", True),
    ]
    assert document.header_lines == [HEAD]


def test_names_of_parts() -> None:
    for text in (
        "Parking lot",
        "PARKING LOT:",
        "Bike rack",
        "Estacionamiento",
        "Parking lot / flip chart",
        "Preguntas pendientes",
    ):
        assert is_parking(text)
    for text in (
        "Debrief",
        "Facilitator debrief",
        "Facilitator's notes",
        "After the meeting (note-taker)",
        "Reflexión del equipo",
        "My own notes after",
        "Comentarios de quien facilitó",
    ):
        assert is_debrief(text), text
    for text in (
        "Parking is a problem for us every single week?",
        "What helps?",
        "Barriers",
        "Staff leave",
        "The team that comes",
    ):
        assert not is_debrief(text), text
    assert not is_parking("the parking lot behind the school is dark and " * 3)
    assert all(
        is_question(x)
        for x in (
            "1. What helps?",
            "¿Qué ayuda?",
            "Q3: Safety",
            "Magic wand",
            "Tell us about home",
            "Si pudiera cambiar algo",
        )
    )
    assert not any(is_question(x) for x in ("Barriers", "Ideas", "2 buses", "Participants: 8"))
    assert [
        note_taker_kind(x)
        for x in (
            "NT: break of ten minutes",
            "NT: two did not speak",
            "[NT] fire drill",
            "nothing",
            "Interpreter came late",
        )
    ] == ["process", "debrief", "process", None, None]
    assert [quoted(x) for x in ("“a b”", '"a b"', "«a b»", '"a" and "b"', "“a” b", "a", '""')] == [
        True,
        True,
        True,
        False,
        False,
        False,
        False,
    ]


# -- rich text and OpenDocument ---------------------------------------------------------------------------------------


def rtf(
    body: str, head: str = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\stylesheet{\s0 Normal;}{\s2 heading 2;}}"
) -> list[Draft]:
    return _rtf.read_document(Path("n.rtf"), (head + body + "}").encode("latin-1")).drafts


def test_rich_text_keeps_accents_marks_and_styles() -> None:
    drafts = rtf(
        HEAD
        + r"\par\pard\s2 What helps\par\pard{\listtext\bullet\tab}mam\'e1 dice \ldblquote "
        r"no\rdblquote\par{\pntext\'b7\tab}ni\u241?o \u8220?s\'ed\u8221?\par"
        r"{\listtext\bullet\tab}kept{\deleted  and gone}{\revised  and new}\par {\footnote secret}\pard\b "
        r"Parking lot\b0\par - dogs\par"
    )
    assert [d.text for d in drafts[1:]] == [
        "What helps",
        "mamá dice “no”",
        "niño “sí”",
        "kept and new",
        "Parking lot",
        "dogs",
    ]
    assert drafts[-1].parking_lot


def test_rich_text_tables_and_other_code_pages() -> None:
    drafts = rtf(
        HEAD
        + r"\par\trowd\pard\intbl Seat\cell What helps?\cell\row\intbl P1\cell the garden\cell\row\intbl P2\cell "
        r"dogs\cell\row\pard end\par"
    )
    assert [(d.speaker, d.text) for d in drafts if d.kind == "note"][:2] == [("P1", "the garden"), ("P2", "dogs")]
    drafts = rtf(r"\par - ni\'96o\par - a\par - b\par", head=r"{\rtf1\mac " + HEAD)
    assert drafts[1].text == "niño"


@pytest.mark.parametrize("raw", [b"hello", b"{\\rtf1 " + b"{" * 5000])
def test_hostile_rich_text_is_one_clear_error(raw: bytes) -> None:
    with pytest.raises(ReadError, match=r"n\.rtf"):
        _rtf.read_document(Path("n.rtf"), raw)


def test_rich_text_with_unknown_numbers_is_still_read() -> None:
    drafts = rtf(r"\'e1 b\u99999999? c\par", head=r"{\rtf1\ansi\ansicpg99999 ")
    assert drafts[0].text.startswith("á b")


def odt(body: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text", "table", "style")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(
            "content.xml",
            f"<office:document-content "
            f"{spaces}><office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return out.getvalue()


def test_opendocument_drops_deletions_and_counts_comments() -> None:
    document = _odt.read_document(Path("n.odt"), odt(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone "
        "words</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        f"<text:p>{HEAD}</text:p><text:h text:outline-level='2'>What "
        f"helps?</text:h><text:list><text:list-item><text:p>the<text:s text:c='2'/>garden"
        "<text:change text:change-id='1'/> "
        "<text:span>at</text:span><text:tab/>noon<office:annotation><text:p>who?</text:p></office:annotation></text:p>"
        "<text:list><text:list-item><text:p>and dogs</text:p></text:list-item></text:list></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>P1</text:p></table:table-cell><table:table-cell><text:p>bread</text:p></table:table-cell></table:table-row></table:table>"
    ))  # fmt: skip
    assert [" ".join(d.text.split()) for d in document.drafts][1:4] == ["What helps?", "the garden at noon", "and dogs"]
    assert "gone" not in " ".join(d.text for d in document.drafts)
    assert "1 comment" in document.problems[0].what
    assert "who" not in str(document.problems[0])


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"plain"])
def test_what_is_no_opendocument_is_said_plainly(raw: bytes) -> None:
    with pytest.raises(ReadError, match=r"n\.odt"):
        _odt.read_document(Path("n.odt"), raw)
