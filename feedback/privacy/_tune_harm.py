"""Turning the last layers of the tagger's encoder towards what tells of harm (torch; only the recipe needs it).

Takes what the int8 model sees in units after its first `START` layers and fits low-rank changes of the weights of the layers above,
their biases and norms, and a small network over the pieces. Returned as `_turned.py` and `_harm.py` read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.networks import network, stored
from feedback.privacy._harm import pieces

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["States", "below", "turn"]

START, RANK, PUSH = 3, 8, 2.0  # the first layer that is turned; rank of a change; how much stronger a change counts than it is kept
HEADS, WIDE, ASKED, INNER = 12, 384, 4, 64
PASSES, RATE, FASTER, DECAY, BATCH, BUCKETS = 3, 1e-3, 1e-3, 0.01, 32, 24
DROP, DROP_HEAD, DROP_PIECES, SOFT, SHARE_ORDINARY = 0.1, 0.3, 0.1, 0.02, 0.5


@dataclass(frozen=True)
class States:
    """What stands under the turned layers for some units: vectors of all pieces, half precision, and where each unit ends."""

    vectors: Array
    ends: Array

    def of(self, unit: int) -> Array:
        """The vectors of one unit, (pieces, 384)."""
        return self.vectors[self.ends[unit - 1] if unit else 0 : self.ends[unit]]


def below(path: Path, texts: Sequence[str]) -> States:
    """Read units one by one with the int8 model up to the layers that are turned."""
    import numpy as np
    import onnx

    model = onnx.load(str(path))
    norms = [node.output[0] for node in model.graph.node if node.op_type == "SkipLayerNormalization"]
    model.graph.output.append(onnx.helper.make_tensor_value_info(norms[2 * START - 1], onnx.TensorProto.FLOAT, None))
    reader = network(model.SerializeToString())
    found = []
    for text in texts:
        ids = pieces(text)
        given = {"input_ids": ids, "token_type_ids": np.zeros_like(ids), "attention_mask": np.ones_like(ids)}
        found.append(reader.run([norms[2 * START - 1]], given)[0][0].astype(np.float16))
    return States(np.concatenate(found), np.cumsum([len(f) for f in found]))


def _weights() -> Any:
    """The kind of a weight of the int8 model as it stands, with a bias and a low-rank change that learn."""
    import torch
    from torch import nn

    class Weight(nn.Module):  # type: ignore[misc]
        def __init__(self, kept: Mapping[str, Array], name: str, bias: str) -> None:
            super().__init__()
            whole = torch.tensor(kept[f"{name}_quantized"].astype("float32") * kept[f"{name}_scale"])
            self.name, self.place = name, bias
            self.register_buffer("whole", whole)
            self.bias = nn.Parameter(torch.tensor(kept[bias]))
            self.down = nn.Parameter(torch.randn(whole.shape[0], RANK) / whole.shape[0] ** 0.5)
            self.up = nn.Parameter(torch.zeros(RANK, whole.shape[1]))

        def forward(self, x: Any) -> Any:
            return x @ self.whole + self.bias + (x @ self.down) @ self.up * PUSH

    return Weight


def _norm(kept: Mapping[str, Array], name: str) -> Any:
    import torch
    from torch import nn

    made = nn.LayerNorm(WIDE, 1e-12)
    made.weight.data, made.bias.data = torch.tensor(kept[f"{name}.weight"]), torch.tensor(kept[f"{name}.bias"])
    made.name = name
    return made


def _layers() -> Any:
    """The kind of a layer of the encoder: number k, from its four weights in the order of the file.

    Called with vectors (units, pieces, 384) and `real`, which is false where a unit has no piece; gives vectors.
    """
    from torch import nn
    from torch.nn import functional

    weight = _weights()

    class Layer(nn.Module):  # type: ignore[misc]
        def __init__(self, kept: Mapping[str, Array], names: Sequence[str], k: int) -> None:
            super().__init__()
            here = f"inner.encoder.layer.{k}."
            first, second = f"{here}attention.output.", f"{here}output."
            biases = (f"Attention_{k}_qkv_bias", f"{first}dense.bias", f"{here}intermediate.dense.bias", f"{second}dense.bias")
            self.weights = nn.ModuleList(weight(kept, n, b) for n, b in zip(names, biases, strict=True))
            self.norms = nn.ModuleList(_norm(kept, f"{n}LayerNorm") for n in (first, second))

        def forward(self, x: Any, real: Any) -> Any:
            heads, out, wide, narrow = self.weights
            n, width, _ = x.shape
            q, k, v = heads(x).view(n, width, 3, HEADS, WIDE // HEADS).permute(2, 0, 3, 1, 4)
            drop = DROP if self.training else 0.0
            heeded = functional.scaled_dot_product_attention(q, k, v, attn_mask=real[:, None, None, :], dropout_p=drop)
            beside = out(heeded.transpose(1, 2).reshape(n, width, WIDE))
            x = self.norms[0](x + functional.dropout(beside, DROP, self.training))
            return self.norms[1](x + functional.dropout(narrow(functional.gelu(wide(x))), DROP, self.training))

    return Layer


def _net(path: Path) -> Any:
    """The layers above `START` and what reads them (mean, most, a mean for each thing asked): a weight for each unit."""
    import torch
    from torch import nn

    kept, end, layers = stored(path.read_bytes()), "_quantized", _layers()
    names = [n.removesuffix(end) for n, w in kept.items() if w.dtype.kind == "i" and w.ndim == 2 and n.endswith(end)]
    if any(kept[f"{n}_zero_point"].any() for n in names):
        raise ValueError("models/tagger/model.onnx has weights that are not symmetric: this recipe cannot turn them")

    class Net(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList(layers(kept, names[4 * k : 4 * k + 4], k) for k in range(START, len(names) // 4))
            self.ask = nn.Linear(WIDE, ASKED)
            self.head = nn.Sequential(
                nn.Dropout(DROP_HEAD), nn.Linear(WIDE * (ASKED + 2), INNER), nn.GELU(), nn.Dropout(DROP_HEAD), nn.Linear(INNER, 1)
            )

        def forward(self, x: Any, real: Any) -> Any:
            for layer in self.layers:
                x = layer(x, real)
            shown = real[:, :, None]
            mean = (x * shown).sum(1) / shown.sum(1)
            most = x.masked_fill(~shown, -1e4).max(1).values
            heed = self.ask(x).float().masked_fill(~shown, -1e4).softmax(1)
            asked = torch.einsum("btk,btd->bkd", heed, x.float()).flatten(1)
            return self.head(torch.cat([mean, most, asked], 1))[:, 0]

    return Net()


def _batches(units: Array, lengths: Array, chance: Any) -> Iterator[Array]:
    """Units in an order of chance, those of a batch about as long as one another."""
    mixed = chance.permutation(units)
    size = BATCH * BUCKETS
    parts = []
    for at in range(0, len(mixed), size):
        some = mixed[at : at + size]
        some = some[lengths[some].argsort(kind="stable")]
        parts += [some[k : k + BATCH] for k in range(0, len(some), BATCH)]
    chance.shuffle(parts)
    yield from parts


def _packed(states: States, units: Array) -> tuple[Any, Any]:
    import numpy as np
    import torch

    rows = [states.of(int(u)) for u in units]
    width = max(map(len, rows))
    x, real = np.zeros((len(rows), width, WIDE), np.float32), np.zeros((len(rows), width), bool)
    for i, row in enumerate(rows):
        x[i, : len(row)], real[i, : len(row)] = row, True
    return torch.from_numpy(x), torch.from_numpy(real)


def turn(path: Path, states: States, units: Array, *, harm: Array, weigh: Array, ordinary: Array) -> dict[str, Array]:
    """Fit on `units` (places in states, harm, weigh, ordinary) and return the changes and the small network, half precision.

    A pass sees each ordinary unit with the chance SHARE_ORDINARY, and weighs it so much the more.
    """
    import numpy as np
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    torch.manual_seed(0)
    chance = np.random.default_rng(0)
    net = _net(path)
    lengths = np.diff(states.ends, prepend=0)
    heavy = np.where(ordinary, weigh / SHARE_ORDINARY, weigh)
    rest, plain = units[~ordinary[units]], units[ordinary[units]]
    inside = [p for n, p in net.named_parameters() if n.startswith("layers")]
    outside = [p for n, p in net.named_parameters() if not n.startswith("layers")]
    opt = torch.optim.AdamW([{"params": inside, "lr": RATE}, {"params": outside, "lr": FASTER}], weight_decay=DECAY)
    steps = PASSES * (int(len(rest) + len(plain) * SHARE_ORDINARY) // BATCH + 4)
    pace = torch.optim.lr_scheduler.OneCycleLR(opt, [RATE, FASTER], total_steps=steps, pct_start=0.1)
    net.train()
    for _ in range(PASSES):
        drawn = chance.permutation(plain)[: int(len(plain) * SHARE_ORDINARY)]
        for batch in _batches(np.concatenate([rest, drawn]), lengths, chance):
            x, real = _packed(states, batch)
            lost = torch.from_numpy(chance.random(tuple(real.shape)) < DROP_PIECES)
            lost[:, 0] = False
            found = net(x, real & ~lost)
            told = torch.tensor(harm[batch] * (1 - 2 * SOFT) + SOFT, dtype=torch.float32)
            each = functional.binary_cross_entropy_with_logits(found, told, reduction="none")
            opt.zero_grad()
            (each * torch.tensor(heavy[batch], dtype=torch.float32)).mean().backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            opt.step()
            pace.step()
    return _kept(net)


def _kept(net: Any) -> dict[str, Array]:
    import numpy as np

    def half(p: Any) -> Array:
        out: Array = p.detach().numpy().astype(np.float16)
        return out

    out: dict[str, Array] = {}
    for layer in net.layers:
        for weight in layer.weights:
            out |= {f"down {weight.name}": half(weight.down), f"up {weight.name}": half(weight.up * PUSH)}
            out[f"set {weight.place}"] = half(weight.bias)
        for norm in layer.norms:
            out |= {f"set {norm.name}.weight": half(norm.weight), f"set {norm.name}.bias": half(norm.bias)}
    first, last = net.head[1], net.head[4]
    return out | {
        "ask": half(net.ask.weight.T), "ask_bias": half(net.ask.bias), "first": half(first.weight.T), "bias": half(first.bias),
        "last": half(last.weight[0]), "shift": half(last.bias[0]),
    }  # fmt: skip
