"""Transcripts as programs and people write them: who speaks, what, when; nothing lost, nothing invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.corpus import Session
from feedback.ingest import read


def session(tmp_path: Path, name: str, text: str | bytes) -> Session:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path).values[0]


def said(s: Session) -> list[tuple[str | None, str]]:
    return [(t.speaker.label, t.text) for t in s.turns if t.role != "heading"]


TWO = [("Ana Ruiz", "The bus stops at six."), ("Ben Ode", "Ours never came. Not once.")]
DIALECTS = {
    "otter.txt": (
        "Ana Ruiz  0:00  \nThe bus stops at six.\n\nBen Ode  0:07  \nOurs never came. Not "
        "once.\n\nTranscribed by https://otter.ai\n"
    ),
    "otter.md": "**Ana Ruiz**  0:00  \nThe bus stops at six.\n\n**Ben Ode**  1:00:07  \nOurs never came. Not once.\n",
    "rev.txt": "Ana Ruiz (00:03):\nThe bus stops at six.\n\nBen Ode (00:00:09):\nOurs never came. Not once.\n",
    "rev-one-line.txt": "Ana Ruiz (00:03): The bus stops at six.\nBen Ode (00:09): Ours never came. Not once.\n",
    "teams-docx-text.txt": (
        "Meeting-Transcript\n15 June 2026, 03:35am\n27m 42s\n\nAna Ruiz started "
        "transcription\n\nAna Ruiz   0:03\nThe bus stops at six.\n\nBen Ode   0:09\nOurs never "
        "came. Not once.\n\nAna Ruiz stopped transcription\n"
    ),
    "teams-old.txt": "Ana Ruiz\n0:00:03\nThe bus stops at six.\nBen Ode\n0:00:09\nOurs never came. Not once.\n",
    "zoom-saved.txt": "[Ana Ruiz] 14:02:11\nThe bus stops at six.\n\n[Ben Ode] 14:02:19\nOurs never came. Not once.\n",
    "zoom-saved-line.txt": "[Ana Ruiz] 14:02:11: The bus stops at six.\n[Ben Ode] 14:02:19: Ours never came. Not once.\n",
    "zoom-chat.txt": "00:21:14\tAna Ruiz:\tThe bus stops at six.\r\n00:21:20\tBen Ode:\tOurs never came. Not once.\r\n",
    "zoom-chat-from.txt": (
        "12:34:56 From Ana Ruiz to Everyone: The bus stops at six.\n12:35:01 From Ben Ode to "
        "Everyone:\n\tOurs never came. Not once.\n"
    ),
    "meet.txt": (
        "Listening (2025-06-06 10:08 GMT-5) - Transcript\nAttendees\nAna Ruiz, Ben Ode, read.ai meeting "
        "notes\nTranscript\nThis editable transcript was computer generated and might contain errors. People "
        "can also change the text after it was created.\nAna Ruiz: The bus stops at six.\nBen Ode: Ours never "
        "came. Not once.\n"
    ),
    "meet-new.md": (
        "Jun 6, 2025\n\n## Listening - Transcript\n\n### 00:00:00\n\n**Ana Ruiz:** The bus stops at "
        "six.\n**Ben Ode:** Ours never came. Not once.\n\n### Transcription ended after 00:30:30\n\n*This "
        "editable transcript was computer generated and might contain errors. People can also change the "
        "text after it was created.*\n"
    ),
    "bracketed.txt": "[00:00:03] Ana Ruiz: The bus stops at six.\n[00:00:09] Ben Ode: Ours never came. Not once.\n",
    "plain-times.txt": "00:00:03 Ana Ruiz: The bus stops at six.\n00:00:09 Ben Ode: Ours never came. Not once.\n",
    "sonix.txt": "[00:00:03] Ana Ruiz\nThe bus stops at six.\n\n[00:00:09] Ben Ode\nOurs never came. Not once.\n",
    "dash.txt": "00:00:03 - Ana Ruiz\nThe bus stops at six.\n\n00:00:09 - Ben Ode\nOurs never came. Not once.\n",
    "pasted-vtt.txt": (
        "our march call, pasted\n\n1\n00:00:03.100 --> 00:00:05.254\nAna Ruiz: The bus stops at "
        "six.\n\n2\n00:00:06.000 --> 00:00:08.000\nBen Ode: Ours never came.\n\n3\n00:00:08.100 --> "
        "00:00:09.000\nBen Ode: Not once.\n"
    ),
    "pasted-tight.txt": (
        "1\n00:00:03.100 --> 00:00:05.254\nAna Ruiz: The bus stops at six.\n2\n00:00:06.000 --> "
        "00:00:08.000\nBen Ode: Ours never came. Not once.\n"
    ),
    "teams.vtt": (
        "WEBVTT\n\n0a1b/32-0\n00:00:10.087 --> 00:00:13.130\n<v Ana Ruiz>The bus\nstops at "
        "six.</v>\n\n0a1b/33-0\n00:00:14.000 --> 00:00:15.000\n<v Ben Ode>Ours never "
        "came.</v>\n\n0a1b/33-1\n00:00:15.100 --> 00:00:16.000\n<v Ben Ode>Not once.</v>\n"
    ),
    "two-voices.vtt": (
        "WEBVTT\n\n00:00:10.087 --> 00:00:13.130\n<v.loud Ana Ruiz>The bus stops at six.</v> <v Ben "
        "Ode>Ours never came. Not once.\n"
    ),
    "lines.srt": (
        "1\n00:00:01,000 --> 00:00:02,000\nAna Ruiz: The bus stops at six.\n\n2\n00:00:02,500 --> "
        "00:00:04,000\nBen Ode: Ours never came.\nNot once.\n"
    ),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_two_speakers_are_read_from_every_dialect(tmp_path: Path, name: str) -> None:
    s = session(tmp_path, name, DIALECTS[name])
    assert said(s) == TWO
    assert all(t.verbatim for t in s.turns if t.role == "participant")


def test_no_attendee_list_is_kept_and_the_reader_says_so(tmp_path: Path) -> None:
    path = tmp_path / "meet.txt"
    path.write_text(DIALECTS["meet.txt"].replace("Attendees\n", "Attendees\nCy Vole, "), encoding="utf-8")
    corpus = read(path)
    assert "Cy Vole" not in repr(corpus.values)
    assert any("attendees" in p.what for p in corpus.problems)
    assert "Cy Vole" not in str(corpus.problems)


def test_private_messages_are_counted_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(
        "12:34:56 From Ana Ruiz to Everyone: The bus stops at six.\n12:35:00 From Ben Ode to Ana Ruiz (Privately): my "
        "secret words\n"
        "12:36:00 From Ben Ode to Everyone: Ours never came.\n",
        encoding="utf-8",
    )
    corpus = read(path)
    assert "secret" not in repr(corpus)
    assert [p.what for p in corpus.problems] == ["1 private chat message was left out."]
    assert len(corpus.values[0].turns) == 2


@pytest.mark.parametrize(
    "line",
    ["the rule is: be home by six", "and she said: no", "it costs like 10:30 in the morning", "note: that was hard"],
)
def test_a_colon_in_speech_makes_no_speaker(tmp_path: Path, line: str) -> None:
    text = (
        f"WEBVTT\n\n00:01.000 --> 00:02.000\nP1: hello there.\n\n00:03.000 --> 00:04.000\nP2: {line}\n\n00:05.000 "
        f"--> 00:06.000\n{line}\n"
    )
    s = session(tmp_path, "x.vtt", text)
    assert {t.speaker.label for t in s.turns} <= {"P1", "P2", None}
    assert " ".join(t.text for t in s.turns) == f"hello there. {line} {line}"


def test_an_unlabelled_cue_goes_on_only_in_mid_sentence(tmp_path: Path) -> None:
    cues = ["P1: I was going to", "say something", "P2: Fine. We are done.", "Anybody else?"] + [
        f"P{n % 2 + 1}: line {n}." for n in range(20)
    ]
    text = "WEBVTT\n\n" + "\n\n".join(f"00:{i:02d}.000 --> 00:{i:02d}.900\n{c}" for i, c in enumerate(cues))
    turns = said(session(tmp_path, "x.vtt", text))
    assert turns[:3] == [("P1", "I was going to say something"), ("P2", "Fine. We are done."), (None, "Anybody else?")]


def test_rolling_captions_are_read_once(tmp_path: Path) -> None:
    text = (
        "WEBVTT\nKind: captions\nLanguage: en\n\n00:00:01.000 --> 00:00:02.000 align:start position:0%\n "
        "\nwe<00:00:01.500><c> wait</c>\n\n"
        "00:00:02.000 --> 00:00:02.010\nwe wait\n \n\n00:00:02.010 --> 00:00:04.000\nwe "
        "wait\nfor<00:00:03.000><c> the bus</c>\n\n"
        "00:00:04.000 --> 00:00:04.010\nfor the bus\n \n\n00:00:04.010 --> 00:00:06.000\nfor the bus\nevery<c> night</c>\n"
    )
    assert said(session(tmp_path, "yt.vtt", text)) == [(None, "we wait for the bus every night")]


def test_chevrons_and_dashes_change_the_speaker(tmp_path: Path) -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\n>> Where do you go?\n\n2\n00:00:02,000 --> 00:00:03,000\n>> "
        "Nowhere.\nThere is no place.\n\n3\n00:00:03,000 --> 00:00:04,000\n- Same.\n- Me neither.\n"
    )
    assert [t for _, t in said(session(tmp_path, "x.srt", text))] == [
        "Where do you go?",
        "Nowhere. There is no place.",
        "Same.",
        "Me neither.",
    ]


def test_entities_are_words_again(tmp_path: Path) -> None:
    s = session(tmp_path, "x.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v R&amp;B>it&#39;s &lt;not&gt; &amp; never\n")
    assert said(s) == [("R&B", "it's <not> & never")]


def test_times_are_seconds(tmp_path: Path) -> None:
    s = session(
        tmp_path,
        "x.vtt",
        "WEBVTT\n\n01:01:02.500 --> 01:01:03.000\nP1: a word here.\n\n01:01:04.000 --> 01:01:05.250\nP2: another one.\n",
    )
    assert [(t.start, t.end) for t in s.turns] == [(3662.5, 3663.0), (3664.0, 3665.25)]


def test_note_taker_lines_in_a_pasted_transcript_are_not_participants(tmp_path: Path) -> None:
    text = (
        "LS-Q12 | March 2025 | youth | English | 6 on the call | recorded\n\nFacilitator: What would help?\nP1: A ride "
        "home.\nP2: same\n"
        "[note-taker: long silence, two cameras off]\nNT: 4 nods\nP3: A bed that is mine.\nFacilitator: Thank you "
        "everybody, gift cards are coming.\n"
        "Debrief\n- quiet group\n"
    )
    s = session(tmp_path, "x.txt", text)
    roles = [(t.role, t.kind, t.agreement) for t in s.turns]
    assert roles == [
        ("heading", "process", None),
        ("facilitator", "prompt", None),
        ("participant", "speech", None),
        ("participant", "agreement", 1),
        ("notetaker", "process", None),
        ("notetaker", "agreement", 4),
        ("participant", "speech", None),
        ("facilitator", "process", None),
        ("heading", "process", None),
        ("notetaker", "debrief", None),
    ]
    assert s.turns[2].prompt == 1
    assert (s.id, s.month, s.audience, s.languages, s.participants, s.recorded) == (
        "LS-Q12",
        "2025-03",
        "youth",
        ("en",),
        6,
        True,
    )


def test_who_asks_the_questions_facilitates(tmp_path: Path) -> None:
    lines = []
    for q in ("What worries you?", "Who do you go to?", "What gets in the way?", "What should change?"):
        lines += [
            f"Lee Ford: {q}",
            "Ana Ruiz: The rent goes up every year and nobody answers.",
            "Ben Ode: My sister helps me with the kids on weekends.",
        ]
    s = session(tmp_path, "x.txt", "\n".join(lines))
    assert {t.speaker.label: t.role for t in s.turns} == {
        "Lee Ford": "facilitator",
        "Ana Ruiz": "participant",
        "Ben Ode": "participant",
    }
    assert sum(t.kind == "prompt" for t in s.turns) == 4


@pytest.mark.parametrize(
    "line",
    [
        "7 participants + facilitator (Speaker 1)",
        "Speaker 1 is the facilitator",
        "Facilitator = Speaker 1",
        "Speaker 1: the facilitator",
        "La facilitadora es Speaker 1",
        "Speaker 1 (facilitator), others are parents",
    ],
)
def test_the_header_says_who_facilitates(tmp_path: Path, line: str) -> None:
    text = (
        f"LS-F09 notes\n{line}\n\n[00:00:01] Speaker 1: Hello.\n[00:00:02] Speaker 2: We have no car.\n[00:00:03] "
        f"Speaker 3: There is no bus.\n"
    )
    s = session(tmp_path, "x.txt", text)
    assert {t.speaker.label: t.role for t in s.turns if t.speaker.label} == {
        "Speaker 1": "facilitator",
        "Speaker 2": "participant",
        "Speaker 3": "participant",
    }


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Facilitator", "facilitator"),
        ("FAC", "facilitator"),
        ("Moderator 2", "facilitator"),
        ("Facilitadora", "facilitator"),
        ("Intérprete", "interpreter"),
        ("Interpreter", "interpreter"),
        ("Note-taker", "notetaker"),
        ("NOTES", "notetaker"),
        ("NT", "notetaker"),
        ("Participante 3", "participant"),
        ("Y3", "participant"),
        ("Mom 2", "participant"),
        ("Maria G. (facilitator)", "facilitator"),
        ("SPEAKER_02", "participant"),
    ],
)
def test_labels_tell_roles(tmp_path: Path, label: str, role: str) -> None:
    s = session(
        tmp_path, "x.vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v {label}>There is no bus after six here.</v>\n"
    )
    assert s.turns[0].role == role


TYPED = """FG-07 Listening session w/ young adults
Date: Tuesday, Sept 9 2025   Location: Boyle Heights library
# attending: 6 (plus 1 that left early)
Language(s): mostly English, some Spanish
OK to quote? Yes - no names
Recorded? Yes (Otter)

M: What would have helped you when you were younger?
P1: Somebody to talk to. Not a counselor.
P2: yeah that
M: Mm-hm.
P3: And nobody told me I could.
(P4 leaves the room)
P1: Same.
NOTE: all four nodding
M: Okay that's our time. Cards are by the door.
"""


def test_a_header_typed_above_a_transcript_is_no_speaker(tmp_path: Path) -> None:
    s = session(tmp_path, "typed.txt", TYPED)
    fields = (s.id, s.month, s.audience, s.languages, s.participants, s.recorded, s.quote_consent, s.extra["host"])
    assert fields == ("FG-07", "2025-09", "youth", ("en",), 6, True, "yes", "Boyle Heights library")
    assert [(t.speaker.label, t.role, t.kind) for t in s.turns if t.role != "heading"] == [
        ("M", "facilitator", "prompt"),
        ("P1", "participant", "speech"),
        ("P2", "participant", "agreement"),
        ("M", "facilitator", "process"),
        ("P3", "participant", "speech"),
        (None, "notetaker", "process"),
        ("P1", "participant", "agreement"),
        ("NOTE", "notetaker", "agreement"),
        ("M", "facilitator", "process"),
    ]


def test_a_spanish_transcript_with_capital_labels(tmp_path: Path) -> None:
    text = (
        "Sesión: LS-F31\nFecha: 3 de junio del 2025\nGrupo: papás y mamás de la primaria\nCuántas personas: "
        "9\nIdioma: español\n"
        "Zona: SPA 2\n¿Se grabó?: Sí, con permiso\n¿Se puede citar?: solo después de que lo revisen\n\n"
        "MODERADORA: Buenas tardes. ¿Qué es lo que más les cuesta?\nMAMÁ 1: La renta y los horarios.\nPAPÁ 2: Igual.\n"
        "INTÉRPRETE: Dice que ella no sabe leer.\nMODERADORA: ¿Y quién les ayuda?\nMAMÁ 1: Mi hermana.\n"
    )
    s = session(tmp_path, "sesion.txt", text)
    fields = (s.id, s.month, s.audience, s.languages, s.participants, s.spa, s.recorded, s.quote_consent)
    assert fields == ("LS-F31", "2025-06", "family", ("es",), 9, 2, True, "review")
    assert [t.role for t in s.turns if t.role != "heading"] == [
        "facilitator",
        "participant",
        "participant",
        "interpreter",
        "facilitator",
        "participant",
    ]
    assert {t.language for t in s.turns} == {"es"}


def test_the_machines_summary_above_a_transcript_is_not_evidence(tmp_path: Path) -> None:
    text = (
        "# 📝 Notes\n\nInvited Ana Ruiz Ben Ode Cy Vole\n\n### Summary\nThe group was unhappy. **Action Items:** "
        "send cards.\n\n# 📖 Transcript\n\n"
        "### 00:00:00\n\n**Ana Ruiz:** We have no bus.  \n**Ben Ode:** Ours never came.  \n**Ana Ruiz:** Not "
        "once.  \n\n### Transcription ended after 00:02:23\n"
    )
    s = session(tmp_path, "meet.md", text)
    assert said(s) == [("Ana Ruiz", "We have no bus."), ("Ben Ode", "Ours never came."), ("Ana Ruiz", "Not once.")]
    assert "Cy Vole" not in repr(s)
