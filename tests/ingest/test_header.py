"""The facilitator's header, in the ways people write it; what is not said stays None."""

from __future__ import annotations

import pytest

from feedback.ingest._dates import month_of
from feedback.ingest._fields import consent_of, parse_header, participants_of, recorded_of, spa_of
from feedback.ingest._header import audience_of, code_of, languages_of, split_guide


def fields(*lines: str, spoken: tuple[str, ...] = ()) -> tuple[object, ...]:
    h = parse_header(lines, spoken=spoken)
    return h.code, h.month, h.audience, h.languages, h.participants, h.spa, h.recorded, h.quote_consent


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (
            (
                (
                    "LS-Z06 / April 2025 / Youth 17-24 (TAY) / English, some Spanish / n=9 / SPA 8 / audio recorded, "
                    "auto-export, quotes OK after review"
                ),
            ),
            ("LS-Z06", "2025-04", "youth", ("en",), 9, 8, True, "review"),
        ),
        (
            (
                "Código: LS-F11",
                "Fecha: 12 de marzo de 2025",
                "Público: madres y abuelas",
                "Idioma: español",
                "Participantes: 8",
                "SPA: 7",
                "Grabado: no",
                "Permiso para citar: sí, después de revisar",
            ),
            ("LS-F11", "2025-03", "family", ("es",), 8, 7, False, "review"),
        ),
        (
            (
                "Session code: FG-12",
                "Date: 3/14/2025",
                "Audience: Service providers and agency staff",
                "Language: English",
                "# of participants: about 15",
                "Region: South Bay",
                "Recorded: Yes",
                "Quotes OK: yes",
            ),
            ("FG-12", "2025-03", "stakeholder", ("en",), 15, 8, True, "yes"),
        ),
        (
            (
                "Listening Session Notes: LS-Y19",
                (
                    "June 3, 2025. Youth 14-17, group home. English and Spanish. 7 youth, 2 facilitators, 1 note-taker. "
                    "SPA 2. Notes only. No quotes please."
                ),
            ),
            ("LS-Y19", "2025-06", "youth", ("en", "es"), 7, 2, False, "no"),
        ),
        (
            ("LS-M02 | Jul 2025 | Youth and caregivers together | bilingual | 6 youth and 5 caregivers | SPA 4",),
            ("LS-M02", "2025-07", "mixed", ("en", "es"), 11, 4, None, None),
        ),
        (
            ("Session LS-K20, held August 2025 with providers who serve youth. English. 10 attended. Not recorded.",),
            ("LS-K20", "2025-08", "stakeholder", ("en",), 10, None, False, None),
        ),
        (("Notes from the meeting",), (None, None, None, (), None, None, None, None)),
    ],
)
def test_headers(lines: tuple[str, ...], wanted: tuple[object, ...]) -> None:
    assert fields(*lines) == wanted


def test_a_header_may_be_spoken() -> None:
    said = (
        "Buenas tardes, ya estamos grabando. Esta es la sesión LS-F44, febrero de dos mil veinticinco, familias, en "
        "español, SPA cuatro, somos nueve. Lo que se dice aquí se queda aquí."
    )
    assert fields(spoken=(said,)) == ("LS-F44", "2025-02", "family", ("es",), 9, 4, True, "no")


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("March 2025", "2025-03"),
        ("Mar. 2025", "2025-03"),
        ("marzo del 2025", "2025-03"),
        ("12 de marzo de 2025", "2025-03"),
        ("March 12th, 2025", "2025-03"),
        ("12 March 2025", "2025-03"),
        ("2025-03-12", "2025-03"),
        ("03/2025", "2025-03"),
        ("3/12/25", "2025-03"),
        ("25/3/2025", "2025-03"),
        ("2025/03", "2025-03"),
        ("Mar '25", "2025-03"),
        ("March twenty twenty-five", "2025-03"),
        ("setiembre 2025", "2025-09"),
        ("May", None),
        ("SPA 3, 2 facilitators", None),
        ("quotes OK until March 2027", None),
        ("may 12 people come in 2025", None),
    ],
)
def test_months(text: str, month: str | None) -> None:
    assert month_of(text) == month


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("Youth 15-18, camp re-entry", "youth"),
        ("TAY", "youth"),
        ("jóvenes de 14 a 17", "youth"),
        ("kinship + resource caregivers", "family"),
        ("familias y cuidadores", "family"),
        ("foster parents", "family"),
        ("parents of teens", "family"),
        ("young mothers", "youth"),
        ("Stakeholders (hospital, K-12, faith)", "stakeholder"),
        ("youth-serving providers", "stakeholder"),
        ("personal de agencias", "stakeholder"),
        ("youth and families", "mixed"),
        ("community members", None),
    ],
)
def test_audiences(text: str, audience: str | None) -> None:
    assert audience_of(text) == audience


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("8 on the call", 8),
        ("n=9", 9),
        ("n = 12", 12),
        ("nueve participantes", 9),
        (("7 participants + facilitator (Speaker 1)"), 7),
        ("11 youth, 2 facilitators", 11),
        ("about 12 people", 12),
        ("14 people", 14),
        ("somos once contando", 11),
        ("Youth 15-18", None),
        ("SPA 6 youth", None),
        ("2 facilitators", None),
        ("ages 16-21", None),
        ("ten moms and one grandfather came", 11),
        ("12 people: 8 moms, 4 dads", 12),
        ("group of 9", 9),
    ],
)
def test_head_counts(text: str, count: int | None) -> None:
    assert participants_of(text) == count


@pytest.mark.parametrize(
    ("text", "spa"),
    [
        ("SPA 6", 6),
        ("SPA: 2", 2),
        ("SPA #3", 3),
        ("Service Planning Area 7", 7),
        ("Countywide, no SPA", None),
        ("SPA 6 and 8", None),
        ("Antelope Valley", 1),
        ("SPA 11", None),
    ],
)
def test_areas(text: str, spa: int | None) -> None:
    assert spa_of(text) == spa


@pytest.mark.parametrize(
    ("text", "recorded"),
    [
        ("recorded with permission", True),
        ("not recorded", False),
        ("notes only", False),
        ("no se grabó", False),
        ("ya está grabando", True),
        ("Hand transcript from audio", True),
        ("nobody spoke of it", None),
    ],
)
def test_recording(text: str, recorded: bool | None) -> None:
    assert recorded_of(text) is recorded


@pytest.mark.parametrize(
    ("text", "consent"),
    [
        ("quotes need review", "review"),
        ("Quotes only after review by the group", "review"),
        (("No direct quotes by name; quotes w/ review"), "review"),
        ("no quotes", "no"),
        ("do not quote", "no"),
        ("Quotes: youth said OK to use, no names were taken", "yes"),
        ("citas: no", "no"),
        ("se puede citar", "yes"),
        (("check back with the speaker before quoting"), "review"),
        ("recorded with permission", None),
        ("", None),
    ],
)
def test_consent_to_quote(text: str, consent: str | None) -> None:
    assert consent_of(text) == consent


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("English", (("en",), ())),
        ("Spanish/English (people switch)", (("es", "en"), ())),
        ("English (a few Spanish)", (("en",), ("es",))),
        ("mostly Spanish, English", (("es", "en"), ())),
        ("English, Spanish interpreter on the line", (("en",), ())),
        ("k'iche' y español", (("quc", "es"), ())),
    ],
)
def test_languages(text: str, wanted: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    assert languages_of(text) == wanted


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Session LS-Y04 | SPA 6", "LS-Y04"),
        ("Notes FG3 group", "FG3"),
        ("SPA 6, K-12, SB 855, COVID-19", None),
        ("grupo: A12", "A12"),
        ("LS_Y_07 notes", "LS_Y_07"),
    ],
)
def test_codes(line: str, code: str | None) -> None:
    assert code_of([line]) == code


def test_a_facilitators_name_is_not_kept() -> None:
    h = parse_header(["Session: LS-Y01", "Facilitator: Marisol Quezada", "Note-taker: Ben Ode", "Host: library"])
    assert "Marisol" not in repr(h)
    assert "Ben" not in repr(h)
    assert h.extra == {"host": "library"}


def test_guides() -> None:
    assert split_guide("(1) What helps? (2) What hurts?") == ("What helps?", "What hurts?")
    assert parse_header(["Guide:", "1. What helps?", "2. What hurts?", "English"]).guide == (
        "What helps?",
        "What hurts?",
    )
    assert parse_header(["Guide: what helps; what hurts", "English"]).guide == ("what helps", "what hurts")
