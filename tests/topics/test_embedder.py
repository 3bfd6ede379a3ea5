from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from feedback.errors import FeedbackError, NotInstalled
from feedback.topics import Embedder
from feedback.topics._embed import is_empty, models_folder, static


def test_rows_are_unit_float32_and_never_nan() -> None:
    texts = ["a bus to school", "", "   ", "?", "...", "\ud83d\ude00", "\u200b", "no hay camión", "漢字", "x" * 5000, "a\x00b"]
    rows = Embedder().encode(texts)
    assert rows.shape == (len(texts), 256)
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    assert np.allclose((rows.astype(np.float64) ** 2).sum(1), 1, atol=1e-5)


def test_texts_without_words_share_one_fixed_row() -> None:
    rows = Embedder().encode(["", "...", "a bus"])
    assert (rows[0] == rows[1]).all()
    assert is_empty(rows).tolist() == [True, True, False]


def test_a_row_does_not_depend_on_its_neighbours() -> None:
    one = Embedder().encode(["the last bus leaves at nine"])
    many = Embedder().encode(["rent", "the last bus leaves at nine", "food stamps ran out", ""])
    assert np.allclose(one[0], many[1], atol=1e-6)


def test_nothing_gives_no_rows() -> None:
    assert Embedder().encode([]).shape == (0, 256)


def test_like_things_lie_nearer() -> None:
    bus, train, rent = Embedder().encode(["the bus never comes", "the train is always late", "our landlord raised the rent"])
    assert bus @ train > bus @ rent


@pytest.mark.parametrize("wrong", ["one string", [1, 2], 5])
def test_refuses_what_is_no_list_of_texts(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"string|iterable"):
        Embedder().encode(wrong)  # type: ignore[arg-type]


def test_pieces_are_those_of_bert(gold) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    weights = static(models_folder())
    bert = tokenizers.BertWordPieceTokenizer(str(models_folder() / "embedder" / "vocab.txt"), lowercase=True)
    from feedback.topics._words import split

    words = sorted({w for s in gold.segments() for w in split(s.text) if "'" not in w and w.isalpha()})
    assert len(words) > 1500
    for w in words:
        assert weights.pieces(w) == bert.encode(w, add_special_tokens=False).ids, "a word is cut in another way"


def test_missing_weights_are_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FEEDBACK_MODELS", str(tmp_path))
    with pytest.raises(NotInstalled, match="FEEDBACK_MODELS"):
        Embedder().encode(["x"])


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "embedder"
    folder.mkdir()
    for f in (models_folder() / "embedder").iterdir():
        (folder / f.name).write_bytes(f.read_bytes())
    blob = bytearray((folder / "model.npz").read_bytes())
    blob[5000] ^= 1
    (folder / "model.npz").write_bytes(bytes(blob))
    monkeypatch.setenv("FEEDBACK_MODELS", str(tmp_path))
    with pytest.raises(FeedbackError, match=r"config\.json"):
        Embedder().encode(["x"])


def test_an_unknown_folder_is_refused() -> None:
    with pytest.raises(FeedbackError, match="never downloaded"):
        Embedder("sentence-transformers/all-MiniLM-L6-v2").encode(["x"])


def test_the_cache_gives_the_same_rows_and_holds_no_words(tmp_path: Path) -> None:
    texts = ["the bus", "zanzibar", "the bus", ""]
    plain = Embedder().encode(texts)
    assert (Embedder(cache=tmp_path).encode(texts) == plain).all()
    assert (Embedder(cache=tmp_path).encode([*texts, "more"])[:4] == plain).all()
    (kept,) = tmp_path.glob("*.npz")
    assert b"zanzibar" not in kept.read_bytes()


def test_neither_torch_nor_sklearn_is_loaded() -> None:
    code = (
        "import sys; from feedback.topics import TopicModel; TopicModel().fit(['the bus is late'] * 3 + ['rent is high']);"
        "bad = {'torch', 'numba', 'bertopic', 'umap', 'transformers', 'spacy'} & set(sys.modules); assert not bad, bad"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_weights_stay_small() -> None:
    assert sum(f.stat().st_size for f in (models_folder() / "embedder").iterdir()) < 16_000_000
