"""What the tagger that reads context learns from: other words in the same places, labels that stay true, sets of classes."""

from __future__ import annotations

import random
from typing import Any

import pytest

from feedback.privacy._varied import ANY, OTHER, SORTS, Words, sort_of, varied


def marked(text: str, **more: Any) -> dict[str, Any]:
    """A row of one span in brackets."""
    start, end = text.index("["), text.index("]") - 1
    plain = text.replace("[", "").replace("]", "")
    return {"text": plain, "lang": "en", "spans": [{"start": start, "end": end, **more}]}


def said(row: dict[str, Any]) -> tuple[str, str, str]:
    """What stands before the span, in it and after it."""
    (s,) = row["spans"]
    return row["text"][: s["start"]], row["text"][s["start"] : s["end"]], row["text"][s["end"] :]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("we live at [4417 heron court apt 2] now", {"sort": "spot"}),
        ("meet me by [quillmark and tamarind] later", {"sort": "spot"}),
        ("badge number [k 4 7 1 1] he said", {"sort": "number"}),
        ("write to [vela nine at torvane dot com] please", {"sort": "account"}),
        ("she goes to [copper lantern academy] now", {"sort": "thing"}),
        ("everybody calls him [lil sparrow] here", {"sort": "person", "class": "nickname"}),
        ("me and [tolliver oxx] left", {"sort": "person"}),
    ],
)
def test_the_place_stays_and_the_words_change(text: str, more: dict[str, Any]) -> None:
    row, chance = marked(text, label="X", **more), random.Random(3)
    before, old, after = said(row)
    seen = set()
    for _ in range(12):
        a, new, b = said(varied(row, chance, words=Words.shipped(), keep=0.0))
        assert (a, b) == (before, after)
        assert new
        seen.add(new)
    assert len(seen - {old}) > 6


def test_figures_and_the_words_that_hold_a_spot_together_stay_what_they_are() -> None:
    row, chance = marked("at [4417 heron court and tamarind] now", label="ADDRESS", sort="spot"), random.Random(0)
    for _ in range(20):
        _, new, _ = said(varied(row, chance, words=Words.shipped(), keep=0.0))
        number, *rest = new.split()
        assert len(number) == 4
        assert number.isdigit()
        assert "court and" in " ".join(rest)


def test_counts_that_name_nobody_change_too_and_signs_that_are_no_figures_do_no_harm() -> None:
    row = {"text": "we waited 45 days, seven of them in m² rooms", "lang": "en", "spans": []}
    made = {varied(row, random.Random(n), words=Words.shipped())["text"] for n in range(12)}
    assert len(made) > 3
    assert all("m² rooms" in text and text.startswith("we waited ") for text in made)


def test_public_text_says_of_firms_and_places_only_that_they_are_nobody() -> None:
    assert sort_of({"label": "ORG"}, own=False) == sort_of({"label": "LOCATION"}, own=False) == OTHER
    assert sort_of({"label": "ORG"}, own=True) == sort_of({"label": "PLACE"}, own=True) == "thing"
    assert sort_of({"label": "DATE", "class": "birth"}, own=True) == "number"
    assert sort_of({"label": "OTHER", "class": "indirect"}, own=True) == ANY
    assert sort_of({"label": "PERSON"}, own=False) == "person"


def test_the_loss_is_that_of_all_classes_a_word_may_be() -> None:
    torch = pytest.importorskip("torch")
    from feedback.privacy._teach import EVERY, MEANS, _loss

    logits = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]])
    odds = torch.softmax(logits[0, 0], -1)
    exact = _loss(logits, torch.tensor([[MEANS["person"]]]))
    assert exact.item() == pytest.approx(-odds[1].log().item(), abs=1e-5)
    other = _loss(logits, torch.tensor([[MEANS[OTHER]]]))
    assert other.item() == pytest.approx(-(1 - odds[1]).log().item(), abs=1e-5)
    assert _loss(logits, torch.tensor([[EVERY]])).item() == 0
    assert len(SORTS) == 6
