from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, LeakError, RefError
from feedback.privacy import OUTCOMES, canaries, require_clear, screen

GOLD = Path(__file__).parents[2] / "corpora" / "gold" / "truth.jsonl"


def corpus(*texts: str, label: str | None = None, **header) -> Corpus:
    turns = tuple(Turn(i, t, Speaker(label)) for i, t in enumerate(texts))
    return Corpus((Session("LS-T01", turns, **header),))


@pytest.fixture(scope="module")
def gold():
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    sessions: dict[str, list[Turn]] = {}
    for r in rows:
        lang = r["lang"] if r["lang"] in ("en", "es") else None
        sessions.setdefault(r["session"], []).append(
            Turn(r["i"], r["text"], Speaker(r["speaker"], r["role"]), kind=r["kind"], language=lang)
        )
    made = Corpus(tuple(Session(s, tuple(t)) for s, t in sessions.items()))
    return rows, made, screen(made)


def test_every_marked_identifier_of_the_gold_is_covered(gold):
    rows, _, audit = gold
    missed = []
    for r in rows:
        ref = f"{r['session']}#{r['i']}"
        spans = [
            (f.start, f.end) for f in audit.findings if f.ref == ref and f.kind != "disclosure" and f.where == "text"
        ]
        for x in r["identifiers"]:
            start = r["text"].index(x["text"])
            if not any(a <= start and start + len(x["text"]) <= b for a, b in spans):
                missed.append((ref, x["type"]))
    assert missed == []


@pytest.mark.parametrize("session", ["LS-Y06", "LS-Y09", "LS-F05", "LS-K05"])
def test_look_alikes_of_the_clean_sessions_cost_at_most_six_decisions(gold, session):
    _, _, audit = gold
    words = {
        f.group for f in audit.findings if f.ref.startswith(session) and f.status == "open" and f.kind != "disclosure"
    }
    assert len(words) <= 6


def test_disclosures_of_the_gold_are_held_and_general_talk_is_not(gold):
    rows, _, audit = gold
    held = {f.ref for f in audit.findings if f.kind == "disclosure" and f.status == "open"}
    want = {f"{r['session']}#{r['i']}" for r in rows if r["disclosure"] in ("now", "possible")}
    general = {f"{r['session']}#{r['i']}" for r in rows if r["disclosure"] == "general"}
    assert want <= held
    assert len(held & general) <= 2
    assert len(held - want - general) <= 7  # a person reads them first: the price of hearing what no rule foresees


def test_apply_leaves_nothing_open_and_no_word_behind(gold):
    rows, _, audit = gold
    passed = audit.apply()
    assert screen(passed).ok
    require_clear(passed)
    everything = " ".join(t.text for s in passed for t in s.turns)
    for r in rows:
        for x in r["identifiers"]:
            if r["text"].count(x["text"]) and x["type"] != "other":
                assert x["text"] not in everything, (r["session"], r["i"])
    assert all(t.text == "" for s in passed for t in s.turns if t.withheld)
    assert passed["LS-Y06"].turns[33].withheld == "held: possible disclosure"


def test_nothing_printed_holds_the_words():
    made = corpus("My friend Deshawn Pruitt lives at 1482 Alondra Ave, call 213-555-0142.")
    audit = screen(made)
    shown = (
        repr(audit)
        + str(audit)
        + audit.frame().to_csv()
        + repr(audit.findings)
        + repr(audit.groups())
        + str(audit.certificate())
    )
    for word in ("Deshawn", "Pruitt", "Alondra", "0142"):
        assert word not in shown
    with pytest.raises(LeakError) as err:
        require_clear(made)
    assert "Deshawn" not in str(err.value)
    assert err.value.refs == ("LS-T01#0",)
    assert "Deshawn Pruitt" in audit.reveal("LS-T01#0")
    assert list(audit.frame().columns) == [
        "ref",
        "start",
        "end",
        "kind",
        "tier",
        "detector",
        "score",
        "status",
        "placeholder",
    ]


def test_one_person_has_one_placeholder():
    passed = screen(corpus("Renata Osei helped me.", "Renata picked up.", "Deshawn did too.")).apply()
    texts = [t.text for t in passed["LS-T01"].turns]
    assert texts == ["[PERSON 1] helped me.", "[PERSON 1] picked up.", "[PERSON 2] did too."]


def test_a_certificate_ends_with_any_change():
    from dataclasses import replace

    passed = screen(corpus("Nothing to see here.")).apply()
    require_clear(passed)
    session = passed.values[0]
    changed = passed.replace_sessions(
        [replace(session, turns=(replace(session.turns[0], text="Ask Deshawn Pruitt."),))]
    )
    assert changed.screening == passed.screening
    with pytest.raises(LeakError):
        require_clear(changed)


def test_unscreened_needs_a_reason():
    made = corpus("Ask Deshawn Pruitt.")
    assert require_clear(made, unscreened="method test") == "method test"
    with pytest.raises(LeakError, match="reason"):
        require_clear(made, unscreened="  ")


def test_one_decision_for_all_places_of_a_word():
    audit = screen(corpus("We met at Tlahuapilla.", "Tlahuapilla is far."))
    group = {f.group for f in audit.findings}
    assert len(group) == 1
    done = audit.decide(group.pop(), decision="accept", by="A. Reviewer", why="a public square")
    assert done.ok
    assert {f.status for f in done.findings} == {"accepted"}
    assert "Tlahuapilla" in done.apply()["LS-T01"].turns[1].text
    with pytest.raises(FeedbackError, match="name"):
        audit.decide(audit.groups()[0].id, decision="accept", by="", why="x")
    with pytest.raises(RefError) as err:
        audit.decide("Maximiliana", decision="accept", by="A", why="x")
    assert "Maximiliana" not in str(err.value)


def test_a_held_unit_needs_one_of_seven_outcomes():
    audit = screen(corpus("My stepdad hits my little brother, like last night too."))
    (finding,) = audit.findings
    assert (finding.kind, finding.tier, finding.status) == ("disclosure", "now", "open")
    with pytest.raises(FeedbackError):
        audit.decide(finding.group, decision="accept", by="A", why="x")
    assert len(OUTCOMES) == 7
    assert audit.decide(finding.group, decision="protocol_followed", by="A", why="called").ok
    gone = audit.decide(finding.group, decision="remove_from_analysis", by="A", why="asked").apply()
    assert gone["LS-T01"].turns[0].withheld == "removed by decision"


@pytest.mark.parametrize("text", [
    "my mom's gonna kill me", "me muero de hambre, ya vámonos", "shoot me an email", "the teacher killed me on that test",
    "I almost died laughing", "eso me mata de la risa", "no a todas nos toca", "hit me up after", "A mí me toca pagar el gas.",
])  # fmt: skip
def test_idioms_are_no_disclosures(text):
    assert [f for f in screen(corpus(text)).findings if f.kind == "disclosure" and f.status == "open"] == []


@pytest.mark.parametrize(("text", "kind", "words"), [
    ("it's zay dot on one one nine underscore", "handle", "zay dot on one one nine underscore"),
    ("my number is two one three five five five oh one nine two", "phone", "two one three five five five oh one nine two"),
    ("escríbame a nita punto kin arroba correo punto example", "email", "nita punto kin arroba correo punto example"),
    ("mi social es nueve ocho siete seis cinco cuatro tres dos dos", "id", "nueve ocho siete seis cinco cuatro tres dos dos"),
    ("los carros se paran en la Bonnie Brae con la Octava", "address", "la Bonnie Brae con la Octava"),
    ("I go to Quail Hollow Middle", "org", "Quail Hollow Middle"),
    ("born on August 14, 2009", "date", "August 14, 2009"),
    ("soy la única de Totonicapán en su edificio", "other", "la única de Totonicapán en su edificio"),
])  # fmt: skip
def test_spoken_and_written_patterns(text, kind, words):
    audit = screen(corpus(text))
    assert (kind, words) in [(f.kind, audit.reveal(f.ref)[i]) for i, f in enumerate(audit.findings)]


@pytest.mark.parametrize(
    "label", ["Participant 3", "R7", "Y3", "P1", "FAC", "Speaker 1", "Mom 2", "Participante 5", None]
)
def test_numbered_labels_are_nobody(label):
    assert screen(corpus("okay.", label=label)).ok


def test_names_in_labels_headers_and_file_names_are_replaced():
    made = corpus("okay.", label="Maria Lopez", file="session_brisa_montalvo.md", extra={"host": "Renata Osei"})
    audit = screen(made)
    assert not audit.ok
    passed = audit.apply()
    session = passed.values[0]
    assert session.turns[0].speaker.label == "[PERSON 3]" or "Lopez" not in str(session.turns[0].speaker.label)
    for word in ("Maria", "Lopez", "brisa", "montalvo", "Osei"):
        assert word not in str(session)
        assert word not in str(audit.certificate())


def test_a_birth_date_becomes_a_season():
    assert (
        screen(corpus("Nació el 14 de agosto de 2009.")).apply()["LS-T01"].turns[0].text
        == "Nació [FECHA: verano 2009]."
    )


def test_a_placeholder_is_no_hiding_place():
    audit = screen(corpus("I met [PERSON 1] and [PERSON: Deshawn Pruitt]."))
    assert audit.reveal("LS-T01#0") == ("Deshawn Pruitt",)


def test_a_roster_finds_misspellings_and_nicknames():
    audit = screen(corpus("guadalupe and lupita and Xiomarra came"), roster=["Guadalupe Vela", "Xiomara"])
    assert {f.detector for f in audit.findings} == {"roster@2"}
    assert len(audit.findings) == 3


def test_allowed_words_stay_but_are_listed():
    audit = screen(corpus("We met at Tlahuapilla."), allow=["tlahuapilla"])
    assert audit.ok
    assert [f.status for f in audit.findings] == ["accepted"]


def test_canaries_are_all_found(gold):
    _, made, _ = gold
    for seed in (0, 1):
        flown = canaries(made, seed)
        assert flown.ok, flown.survivors


def test_hostile_text_neither_fails_nor_hangs():
    for text in (
        "",
        " ",
        "\u0000\ufffd",
        "a." * 3000,
        "@" * 500,
        "one " * 2000,
        "[" * 800,
        "ﷺ 𝓜𝓪𝓻𝓲𝓪",
        "1-" * 3000,
        "dot " * 1500,
    ):
        screen(corpus(text))


def test_the_same_corpus_gives_the_same_findings(gold):
    _, made, audit = gold
    assert screen(made).findings == audit.findings


def test_a_certificate_ends_with_a_changed_header():
    from dataclasses import replace

    passed = screen(corpus("Nothing to see here.")).apply()
    changed = passed.replace_sessions([replace(passed.values[0], extra={"host": "Renata Osei"})])
    with pytest.raises(LeakError):
        require_clear(changed)
