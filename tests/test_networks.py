"""Networks are put differently while they are loaded, and say the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from feedback.networks import (
    EXACT,
    SLOW,
    _fields,
    _graph,
    _product,
    exactly,
    lossless,
    network,
    plainer,
    replaced,
    stored,
)

MODELS = Path(__file__).parent.parent / "models"
ENCODER = MODELS / "tagger" / "model.onnx"


def test_slow_norms_are_gone_and_all_else_stays():
    file = ENCODER.read_bytes()
    put = plainer(file)
    assert SLOW in file
    assert SLOW not in put
    assert plainer(put) == put
    before, after = ([raw.tobytes() for number, raw, _ in _fields(memoryview(body)) if number != 7] for body in (file, put))
    assert before == after
    weights = [
        [raw.tobytes() for number, raw, _ in _fields(graph) if number != 1]
        for body in (file, put)
        for number, _, graph in _fields(memoryview(body)) if number == 7
    ]  # fmt: skip
    assert weights[0] == weights[1]


def test_what_has_no_slow_norm_stays_as_it_is():
    assert plainer((MODELS / "privacy" / "names.onnx").read_bytes()) == (MODELS / "privacy" / "names.onnx").read_bytes()
    assert _graph(memoryview(b"")) == b"\x3a\x00"


@pytest.mark.parametrize("pieces", [3, 24, 60])
def test_it_says_the_same(pieces):
    import onnxruntime

    ids = np.random.default_rng(pieces).integers(1000, 20_000, (1, pieces))
    given = {"input_ids": ids, "token_type_ids": np.zeros_like(ids), "attention_mask": np.ones_like(ids)}
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    exactly(options)  # else a processor without VNNI cuts sums off before, and not after
    before = onnxruntime.InferenceSession(str(ENCODER), options, providers=["CPUExecutionProvider"]).run(None, given)[0][0]
    after = network(ENCODER).run(None, given)[0][0]
    alike = (before * after).sum(1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)
    assert alike.min() > 0.98  # int8 steps fall apart where a sum is rounded otherwise
    assert (network(ENCODER, threads=2).run(None, given)[0][0] == after).all()


def test_weights_are_read_as_the_library_reads_them():
    onnx = pytest.importorskip("onnx")

    read = stored(ENCODER.read_bytes())
    kept = {w.name: onnx.numpy_helper.to_array(w) for w in onnx.load(str(ENCODER)).graph.initializer}
    assert read.keys() == kept.keys()
    assert all(np.array_equal(read[name], weight) for name, weight in kept.items())
    some = next(iter(kept))
    assert list(stored(ENCODER.read_bytes(), {some})) == [some]


def test_weights_given_stand_in_for_those_of_the_file():
    ids = np.array([[101, 2003, 2045, 2151, 102]])
    given = {"input_ids": ids, "token_type_ids": np.zeros_like(ids), "attention_mask": np.ones_like(ids)}
    weights = stored(ENCODER.read_bytes())
    name = [n for n, w in weights.items() if n.endswith("_quantized") and w.ndim == 2][-1]
    weight = weights[name]
    whole = network(ENCODER).run(None, given)[0]
    assert (network(ENCODER, weights={name: weight}).run(None, given)[0] == whole).all()
    other = network(ENCODER, weights={name: np.roll(weight, 1, 0)}).run(None, given)[0]
    assert not np.allclose(other, whole, atol=0.1)


def test_only_what_is_named_is_replaced():
    file = ENCODER.read_bytes()
    weights = stored(file)
    name, weight = next((n, w) for n, w in weights.items() if n.endswith("_quantized"))
    assert stored(replaced(file, {name: weight})).keys() == weights.keys()
    after = stored(replaced(file, {name: -weight}))
    assert (after.pop(name) == -weight).all()
    assert all(np.array_equal(after[n], weights[n]) for n in after)
    with pytest.raises(KeyError, match="no such weight"):
        replaced(file, {"no such weight": weight})


def test_whole_numbers_are_multiplied_without_loss_whatever_the_processor(monkeypatch):
    import onnxruntime

    def product(weights, x):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        made = onnxruntime.InferenceSession(_product(weights, len(x)), exactly(options), providers=["CPUExecutionProvider"])
        return made.run(None, {"x": x})[0]

    rng = np.random.default_rng(0)
    weights, x = rng.integers(-128, 128, (384, 96)).astype(np.int8), rng.integers(0, 256, (40, 384)).astype(np.uint8)
    assert (product(weights, x) == x.astype(int) @ weights.astype(int)).all()
    high = np.full((384, 96), 127, np.int8), np.full((40, 384), 255, np.uint8)
    if lossless():
        assert (product(*high) == 384 * 127 * 255).all()
        ids = np.array([[101, 2003, 2045, 2151, 2054, 102]])
        given = {"input_ids": ids, "token_type_ids": np.zeros_like(ids), "attention_mask": np.ones_like(ids)}
        bare = network(ENCODER).run(None, given)[0]
        monkeypatch.setattr("feedback.networks.lossless", lambda: False)
        assert network(ENCODER).run(None, given)[0].tobytes() == bare.tobytes()  # the slower way says the same
    set_so = []
    monkeypatch.setattr("feedback.networks.lossless", lambda: False)
    exactly(type("Options", (), {"add_session_config_entry": lambda self, *entry: set_so.append(entry)})())
    assert set_so == [EXACT]
