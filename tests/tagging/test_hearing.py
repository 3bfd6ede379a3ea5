from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import feedback.tagging._hearing as hearing
from feedback.codebook import Code, Codebook
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, NotInstalled
from feedback.gloss import aligned, gloss
from feedback.tagging import RuleTagger, tag
from feedback.tagging._coded import HELD, written_sessions
from feedback.tagging._encode import CONTEXT, UNIT, Encoder, checked
from feedback.tagging._export import useful
from feedback.tagging._features import elsewhere, neighbours
from feedback.tagging._hearing import HearingTagger, context

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "tagger"
WHY = "invented sentences of a test"


@pytest.fixture(scope="module")
def book() -> Codebook:
    return Codebook.load(ROOT / "corpora" / "codebook.yaml")


@pytest.fixture(scope="module")
def tagger(book: Codebook) -> HearingTagger:
    return HearingTagger(book)


def corpus(*texts: str, audience: str = "family", session: str = "S1") -> Corpus:
    turns = tuple(Turn(i, t, Speaker("P1")) for i, t in enumerate(texts))
    return Corpus((Session(session, turns, audience=audience),))


def test_hears_what_no_trigger_says(book: Codebook, tagger: HearingTagger) -> None:
    said = corpus("The landlord wants us out and my cousin says we can have her couch till the first.")
    unit = next(said.segments())
    assert "housing_stability" not in RuleTagger(book).hits(unit.text)
    assert "housing_stability" in {c.code for c in tagger.tag([unit])}


def test_hears_the_same_in_spanish(tagger: HearingTagger) -> None:
    unit = next(corpus("El casero nos quiere sacar y somos siete durmiendo en una sala prestada.").segments())
    best = tagger.codes[int(tagger.scores([unit])[0].argmax())].id
    assert best == "housing_stability"


def test_small_talk_stays_low(tagger: HearingTagger) -> None:
    units = list(corpus("Thank you for the pizza.", "Can you hear me okay?", "ok", "...", "").segments())
    assert tagger.scores(units).max() < 0.3


def test_codings_stand_in_their_unit_and_scores_are_chances(book: Codebook, tagger: HearingTagger) -> None:
    said = corpus(
        "I'm tired. Six months on a list and then they said the wrong zip code. Anyway.", "Nobody here speaks Mixteco."
    )
    found = list(tagger.tag(said.segments()))
    assert found
    known = {c.id for c in book}
    for c in found:
        text = said.text_of(c.ref)
        assert c.code in known
        assert c.tagger == tagger.name
        assert 0 < c.score <= 1
        assert c.evidence
        assert all(0 <= a < b <= len(text) for a, b in c.evidence)
    waits = next(c for c in found if c.code == "waitlists_eligibility")
    assert "zip code" in said.text_of(waits.ref)[slice(*waits.evidence[0])]


def test_same_units_same_codings(tagger: HearingTagger) -> None:
    units = list(corpus("The bus stops at eight.", "She held my baby so I could sleep.").segments())
    assert list(tagger.tag(units)) == list(tagger.tag(units))


def test_odd_texts_do_no_harm(tagger: HearingTagger) -> None:
    texts = ["a" * 5000, "😀" * 40, "word " * 3000, "​", "ñ", "!!!", "\t\n"]
    scores = tagger.scores(list(corpus(*texts).segments()))
    assert scores.shape == (len(texts), len(tagger.codes))
    assert np.isfinite(scores).all()


def test_no_units_no_codings(tagger: HearingTagger) -> None:
    assert list(tagger.tag([])) == []


def test_a_codebook_never_seen_is_heard_from_its_definitions() -> None:
    pets = Codebook((
        Code("animals", "Pets and animals", definition="Dogs, cats and other animals that people keep at home."),
        Code("garden", "Gardening", definition="Growing flowers and vegetables, soil, seeds and watering plants."),
        Code("silent", "A code without a definition"),
    ))  # fmt: skip
    model = HearingTagger(pets)
    scores = model.scores(list(corpus("My dog sleeps on the sofa with the cat.", "The tomatoes need water.").segments()))
    assert scores[0].argmax() == 0
    assert scores[1].argmax() == 1
    assert (scores[:, 2] == 0).all()
    assert model.known == (-1, -1, -1)


def test_a_few_coded_examples_move_a_code_never_seen() -> None:
    units = list(corpus("The tomatoes want water and the soil is dry.", "We sanded the table and oiled it.").segments())
    plain = Code("hobby", "Pastimes", definition="What people like to do when they are free.")
    shown = Code(
        "hobby", "Pastimes", definition=plain.definition,
        examples={"en": ("I planted beans and peppers.", "My roses came up after the rain.", "Digging in the garden calms me.")},
    )  # fmt: skip
    other = Code("work", "Work", definition="Jobs and paid labor.")
    before, after = (HearingTagger(Codebook((c, other))).scores(units) for c in (plain, shown))
    assert after[0, 0] / after[1, 0] > 1.2 * before[0, 0] / before[1, 0]


def test_sessions_of_validation_are_there_and_teach_nothing() -> None:
    folder = ROOT / "corpora" / "training" / "sessions"
    held, others = (written_sessions(folder, held=h) for h in (True, False))
    assert {s.session.id for s in held.units} == HELD
    assert not HELD & {s.session.id for s in others.units}
    assert {s.turn.role for s in others.units} <= {"participant", "interpreter"}
    codes = ["housing_stability", "transportation"]
    assert held.matrix(codes).shape == held.second(codes).shape == (len(held.rows), 2)
    assert any(s.prompt_text for s in held.units)


def test_word_pieces_of_other_scripts_are_left_out() -> None:
    kept = (MODEL / "vocab.txt").read_text(encoding="utf-8").splitlines()
    assert (kept[101], kept[102]) == ("[CLS]", "[SEP]")
    assert all(useful(p) for p in kept[104:])
    assert useful("##ción")
    assert not useful("##の")
    assert not useful("[unused500]")


def test_a_changed_definition_is_a_code_not_trained_on(book: Codebook) -> None:
    own = Codebook((Code("transportation", "Getting there", definition="Cargo ships and the price of containers."),))
    assert HearingTagger(own).known == (-1,)
    assert all(k >= 0 for k in HearingTagger(book).known)


def test_rules_and_model_speak_together_by_default(book: Codebook) -> None:
    said = corpus("Nobody came when I called at two in the morning, so we slept in the laundromat.", "We need bus passes.")
    found = tag(said, book, unscreened=WHY)
    assert {c.tagger.partition("@")[0] for c in found} == {"rules", "model"}
    assert {c.tagger.partition("@")[0] for c in tag(said, RuleTagger(book), unscreened=WHY)} == {"rules"}


def test_a_refusal_is_read_by_the_rules(book: Codebook) -> None:
    said = corpus("We don't need another hotline.")
    found = tag(said, book, unscreened=WHY)
    assert {c.polarity for c in found} == {"rejected"}
    assert found.discourse["S1#0"].polarity == "rejected"


def test_without_the_model_the_rules_speak_alone_and_say_so(
    book: Codebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDBACK_MODELS", str(tmp_path))
    found = tag(corpus("We need bus passes."), book, unscreened=WHY)
    assert [c.tagger.endswith("-alone") for c in found] == [True]
    with pytest.raises(NotInstalled, match="rules work without it"):
        HearingTagger(book)


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    config = json.loads((MODEL / "config.json").read_text(encoding="utf-8"))
    shutil.copytree(MODEL, tmp_path / "tagger")
    (tmp_path / "tagger" / "heads.npz").write_bytes(b"not what the recipe wrote")
    with pytest.raises(FeedbackError, match=r"heads\.npz.*checksum"):
        Encoder(tmp_path / "tagger")
    assert set(config["files"]) == {"gloss.tsv.gz", "heads.npz", "model.onnx", "vocab.txt"}
    assert checked(MODEL)["files"] == config["files"]


def test_context_leaves_withheld_words_out(tagger: HearingTagger) -> None:
    turns = (Turn(0, "secretword", Speaker(), withheld="disclosure"), Turn(1, "And then?", Speaker()))
    session = Session("S", turns, audience="youth")
    unit = next(s for s in Corpus((session,)).segments() if s.turn.index == 1)
    assert "secretword" not in context(unit, tagger._encoder.glossary)


def test_long_units_keep_their_beginning_and_end(tagger: HearingTagger) -> None:
    cut = tagger._encoder.cut([" ".join(f"w{i}" for i in range(200))], ["before " * 100])[0]
    assert len(cut.spans) == UNIT
    assert len(cut.ids) == UNIT + 2 + CONTEXT + 1
    assert cut.kinds.count(1) == CONTEXT + 1
    assert cut.spans[0][0] == 0
    assert cut.spans[-1][1] == len(" ".join(f"w{i}" for i in range(200)))


def test_gloss_keeps_places_and_leaves_english_alone() -> None:
    words = {"la": "the", "renta": "rent", "subio": "went up", "come": "eats"}
    text, places = aligned("la renta subió ayer", words)
    assert text == "the rent went up ayer"
    at = text.index("ayer")
    assert hearing._origin(at, places) == "la renta subió ayer".index("ayer")
    assert gloss("Come to the house", words) == "Come to the house"


def test_neighbours_vote_by_nearness() -> None:
    votes = neighbours(np.array([[0.9, 0.5, 0.1]]), np.array([[1, 0], [0, 1], [0, 1]]), 2)
    assert votes[0, 0] > 0.9
    assert votes.sum() == pytest.approx(1)


def test_the_rest_of_the_session_leaves_the_unit_itself_out() -> None:
    rest, before = elsewhere(np.array([[1.0], [0.0], [0.5]]), ["a", "a", "b"])
    assert rest[:, 0].tolist() == [0.0, 1.0, 0.0]
    assert before[:, 0].tolist() == [0.0, 1.0, 0.0]
