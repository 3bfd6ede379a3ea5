"""Stored networks (ONNX) made ready to run: norms that the runtime is slow at are put as it is quick at; no `onnx`, no torch.

The runtime's own SkipLayerNormalization takes a fifth of a small encoder's time, an addition and a LayerNormalization less than
half of that. The file stays as its recipe wrote it: the graph is put differently while it is loaded.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["exactly", "lossless", "network", "plainer", "replaced", "stored"]

GRAPH, NODE, WEIGHT = 7, 1, 5  # fields of ModelProto and GraphProto (onnx.proto3)
DIMS, SORT, FLOATS, INTS, TITLE, RAW = 1, 2, 4, 5, 8, 9  # fields of TensorProto: numbers stand in one of three of them
SORTS = {1: "<f4", 2: "u1", 3: "i1"}
INPUT, OUTPUT, KIND, ATTRIBUTE = 1, 2, 4, 5  # fields of NodeProto
NAME, FLOAT, INT, TYPE = 1, 2, 3, 20  # fields of AttributeProto
SLOW = b"SkipLayerNormalization"
EXACT = ("session.x64quantprecision", "1")  # processors without VNNI cut int8 sums off at 16 bits and find other names, else
OPSETS, VERSION = 8, 1  # further fields of ModelProto
TITLED, ASKED, TOLD = 2, 11, 12  # further fields of GraphProto
BYTE, SIGNED, WHOLE = 2, 3, 6  # kinds of numbers: uint8, int8, int32


def network(model: Path | bytes, *, threads: int = 1, weights: Mapping[str, Array] | None = None) -> Any:
    """Load a network for the processor; `threads` 0 takes all cores, `weights` stand in for the file's by name.

    Whole numbers are multiplied without loss on every processor, so the same text is read alike on all; where a sum of
    fractions is rounded otherwise, a value falls a step of int8 apart. Returns an onnxruntime.InferenceSession.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    exactly(options)
    kept = ["SkipLayerNormFusion"]  # else the runtime puts back together what was taken apart
    read = plainer(model if isinstance(model, bytes) else model.read_bytes())
    return onnxruntime.InferenceSession(
        replaced(read, weights) if weights else read, options, providers=["CPUExecutionProvider"], disabled_optimizers=kept
    )


def exactly(options: Any) -> Any:
    """Let whole numbers be multiplied without loss; where the processor does so by itself nothing is set, in half the time."""
    if not lossless():
        options.add_session_config_entry(*EXACT)
    return options


@cache
def lossless() -> bool:
    """Whether this processor sums products of int8 without cutting them off at 16 bits: tried on the largest there are."""
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = 1, 1
    options.log_severity_level = 3
    rows, inner, columns = 8, 64, 32
    weights = np.full((inner, columns), 127, np.int8)
    tried = onnxruntime.InferenceSession(_product(weights, rows), options, providers=["CPUExecutionProvider"])
    (found,) = tried.run(None, {"x": np.full((rows, inner), 255, np.uint8)})
    return bool((found == inner * 255 * 127).all())


def _product(weights: Array, rows: int) -> bytes:
    """A network of one MatMulInteger, uint8 `x` (rows, n) times int8 `weights` (n, m)."""
    inner, columns = weights.shape
    kept = _whole(DIMS, inner) + _whole(DIMS, columns) + _whole(SORT, SIGNED)
    graph = _field(NODE, _node(b"MatMulInteger", [b"x", b"w"], b"y")) + _field(TITLED, b"product")
    graph += _field(WEIGHT, kept + _field(TITLE, b"w") + _field(RAW, weights.tobytes()))
    graph += _field(ASKED, _shaped(b"x", BYTE, (rows, inner))) + _field(TOLD, _shaped(b"y", WHOLE, (rows, columns)))
    return _whole(VERSION, 8) + _field(GRAPH, graph) + _field(OPSETS, _field(1, b"") + _whole(2, 17))


def _shaped(name: bytes, sort: int, shape: tuple[int, ...]) -> bytes:
    """A ValueInfoProto: a name, and a tensor's kind and shape."""
    sizes = b"".join(_field(1, _whole(1, n)) for n in shape)
    return _field(1, name) + _field(2, _field(1, _whole(1, sort) + _field(2, sizes)))


def stored(model: bytes, names: Collection[str] | None = None) -> dict[str, Array]:
    """Read the weights of a stored network by name, in the order of the file; those of `names` only, where given."""
    import numpy as np

    out = {}
    graphs = [value for number, _, value in _fields(memoryview(model)) if number == GRAPH]
    for number, _, tensor in (field for graph in graphs for field in _fields(graph)):
        if number != WEIGHT:
            continue
        dims: list[int] = []
        found: dict[int, memoryview] = {}
        for part, _, value in _fields(tensor):
            if part == DIMS:
                dims += _numbers(value)
            elif part in (SORT, FLOATS, INTS, TITLE, RAW):
                found[part] = value
        name, sort = bytes(found[TITLE]).decode(), _numbers(found[SORT])[0]
        if sort not in SORTS or (names is not None and name not in names):
            continue
        if INTS in found:
            out[name] = np.array(_numbers(found[INTS]), np.uint64).astype(SORTS[sort]).reshape(dims)
        else:
            out[name] = np.frombuffer(found[RAW] if RAW in found else found[FLOATS], SORTS[sort]).reshape(dims)
    return out


def replaced(model: bytes, weights: Mapping[str, Array]) -> bytes:
    """Write a stored network with other numbers for the weights named; raises KeyError where one is not in it."""
    left, out = dict(weights), []
    for number, raw, value in _fields(memoryview(model)):
        out.append(_field(GRAPH, b"".join(_exchanged(value, left))) if number == GRAPH else raw)
    if left:
        raise KeyError(next(iter(left)))
    return b"".join(out)


def _exchanged(graph: memoryview, left: dict[str, Array]) -> Iterator[bytes | memoryview]:
    for number, raw, tensor in _fields(graph):
        title = next((bytes(v).decode() for part, _, v in _fields(tensor) if part == TITLE), "") if number == WEIGHT else ""
        if title not in left:
            yield raw
            continue
        weight = left.pop(title)
        kept = [field for part, field, _ in _fields(tensor) if part not in (FLOATS, INTS, RAW)]
        sort = next(_numbers(v)[0] for part, _, v in _fields(tensor) if part == SORT)
        yield _field(WEIGHT, b"".join(kept) + _field(RAW, weight.astype(SORTS[sort]).tobytes()))


def _numbers(body: memoryview) -> list[int]:
    out, at = [], 0
    while at < len(body):
        number, at = _varint(body, at)
        out.append(number)
    return out


def plainer(model: bytes) -> bytes:
    """Write a stored model with each SkipLayerNormalization as additions and a LayerNormalization; all else byte for byte."""
    if SLOW not in model:
        return model
    whole = memoryview(model)
    out = [_graph(value) if number == GRAPH else raw for number, raw, value in _fields(whole)]
    return b"".join(out)


def _graph(body: memoryview) -> bytes:
    out: list[Any] = []
    for number, raw, value in _fields(body):
        if number == NODE and SLOW in bytes(value):
            out += [_field(NODE, node) for node in _apart(value)]
        else:
            out.append(raw)
    return _field(GRAPH, b"".join(out))


def _apart(node: memoryview) -> Iterator[bytes]:
    """The nodes that stand for one SkipLayerNormalization(input, skip, scale, shift, bias)."""
    found: dict[int, list[bytes]] = {}
    for number, _, value in _fields(node):
        found.setdefault(number, []).append(bytes(value))
    if found[KIND] != [SLOW] or len(found[OUTPUT]) > 1:
        yield bytes(node)
        return
    (given, beside, scale, shift, *bias), (made,) = found[INPUT], found[OUTPUT]
    if bias and bias[0]:
        yield _node(b"Add", [given, bias[0]], made + b"/biased")
        given = made + b"/biased"
    yield _node(b"Add", [given, beside], made + b"/summed")
    least = _field(ATTRIBUTE, _field(NAME, b"epsilon") + _key(FLOAT, 5) + struct.pack("<f", _epsilon(found)) + _whole(TYPE, 1))
    last = _field(ATTRIBUTE, _field(NAME, b"axis") + _whole(INT, (1 << 64) - 1) + _whole(TYPE, 2))
    yield _node(b"LayerNormalization", [made + b"/summed", scale, shift], made) + last + least


def _epsilon(found: dict[int, list[bytes]]) -> float:
    for attribute in found.get(ATTRIBUTE, ()):
        parts = {number: bytes(value) for number, _, value in _fields(memoryview(attribute))}
        if parts.get(NAME) == b"epsilon":
            return float(struct.unpack("<f", parts[FLOAT])[0])
    return 1e-12


def _node(kind: bytes, given: list[bytes], made: bytes) -> bytes:
    return b"".join([*(_field(INPUT, g) for g in given), _field(OUTPUT, made), _field(KIND, kind)])


def _fields(body: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Walk a message: (field number, the field as it stands, its value)."""
    at = 0
    while at < len(body):
        start = at
        key, at = _varint(body, at)
        match key & 7:
            case 0:
                value = at
                _, at = _varint(body, at)
            case 1:
                value, at = at, at + 8
            case 2:
                size, value = _varint(body, at)
                at = value + size
            case _:
                value, at = at, at + 4
        yield key >> 3, body[start:at], body[value:at]


def _varint(body: memoryview, at: int) -> tuple[int, int]:
    out = shift = 0
    while True:
        byte = body[at]
        out |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return out, at


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _key(number: int, wire: int) -> bytes:
    return _number(number << 3 | wire)


def _whole(number: int, value: int) -> bytes:
    return _key(number, 0) + _number(value)


def _field(number: int, body: bytes) -> bytes:
    return _key(number, 2) + _number(len(body)) + body
