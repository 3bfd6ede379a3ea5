"""Codebooks as files: round trips, and every problem with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.codebook import Code, Codebook
from feedback.errors import CodebookError

SEED = Path(__file__).parents[2] / "corpora" / "codebook.yaml"


def test_the_seed_codebook_loads_whole() -> None:
    book = Codebook.load(SEED)
    assert len(book) == 42
    assert len(book.groups) == 10
    assert book["housing_stability"].maps["plan"][0] == "P3"
    assert book["income_jobs"].block
    assert book["transportation"].near_misses[0].code == "transportation"
    assert {"discourse", "need_polarity", "voice", "shorthand", "tests"} <= set(book.rules)


def test_saving_and_loading_gives_an_equal_codebook_and_the_same_bytes(tmp_path: Path) -> None:
    book = Codebook.load(SEED)
    first = book.save(tmp_path / "a.yaml").read_bytes()
    again = Codebook.load(tmp_path / "a.yaml")
    assert again == book
    assert again.save(tmp_path / "b.yaml").read_bytes() == first


def test_csv_keeps_the_codes(tmp_path: Path) -> None:
    book = Codebook.load(SEED)
    again = Codebook.load(book.save(tmp_path / "a.csv"))
    assert [(c.id, c.name, c.triggers, c.examples, c.block) for c in again] == [
        (c.id, c.name, c.triggers, c.examples, c.block) for c in book
    ]


def test_a_minimal_codebook_loads(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("codes:\n- id: sleep\n  name: Sleep\n  definition: Being able to rest.\n")
    (tmp_path / "m.csv").write_text("id,name,definition\nsleep,Sleep,Being able to rest.\n")
    wanted = (Code("sleep", "Sleep", definition="Being able to rest."),)
    assert Codebook.load(tmp_path / "m.yaml").codes == Codebook.load(tmp_path / "m.csv").codes == wanted


def test_every_problem_is_listed_at_once_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        "groups: {a: A}\ncodes:\n- id: one\n  name: One\n  group: b\n  colour: red\n"
        "- id: one\n  name: Again\n  exclude: x -> no_such_code\n"
        "- id: two\n  name: Two\n  triggers: {en: ['[open']}\n  near_miss: [{text: x, code: nowhere}]\n"
    )
    with pytest.raises(CodebookError) as err:
        Codebook.load(path)
    said = str(err.value)
    for part in ("`b`", "line 6", "colour", "twice", "no_such_code", "[open", "nowhere"):
        assert part in said
    assert all(p.file == "bad.yaml" and p.place for p in err.value.problems)


@pytest.mark.parametrize(
    "text", ["", "codes:", "codes: 3", "- a", "codes: [1]", "codes: [{id: 'a b', name: x}]", "codes: [", "\t"]
)
def test_a_file_that_is_no_codebook_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(CodebookError):
        Codebook.load(tmp_path / "x.yaml")


def test_the_demo_uses_the_same_codebook() -> None:
    assert (SEED.parent / "demo" / "codebook.yaml").read_bytes() == SEED.read_bytes()
