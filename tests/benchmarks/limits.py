"""Set what each stage takes beside what this machine needs at the least for the same: python tests/benchmarks/limits.py [2000]

The least is what has to happen whatever is written in between, at rates measured here, one thread: bytes decoded and cut into cells
once (Python's csv, in C), words cut out once (one compiled expression), vectors summed (memory copied), and the multiplications
of the networks (an int8 matrix product of their own shape). Prints a Markdown table; processor time, each cell the best of three.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench_stages as stages
import numpy as np

ROOT = Path(__file__).parents[2]
LAYERS, WIDTH, INNER = 6, 384, 1536  # of models/tagger/model.onnx; the name tagger has four such layers in all
NAME_LAYERS = 4
WORD = re.compile(r"\w+")
UNTIL = 0.3  # seconds at least that a rate is measured over


@dataclass(frozen=True)
class Row:
    """A stage: processor seconds it took, what it has to do at the least in words, seconds that takes, and what else it does."""

    stage: str
    took: float
    least: str
    needs: float
    rest: str


def best(work: Callable[[], object], times: int = 3) -> float:
    """Processor seconds of the quickest of some runs, repeated until it can be measured."""
    found = []
    for _ in range(times):
        start, n = time.process_time(), 0
        while (spent := time.process_time() - start) < UNTIL or not n:
            work()
            n += 1
        found.append(spent / max(1, n) if n else spent)
    return min(found)


def once(work: Callable[[], object]) -> float:
    """Processor seconds of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def int8_rate(rows: int) -> float:
    """Multiplications and additions a second of an int8 matrix product as large as a layer's, by the runtime the tool uses."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime import InferenceSession, SessionOptions

    weights = np.random.default_rng(0).integers(-90, 90, (WIDTH, INNER)).astype(np.int8)
    node = helper.make_node("MatMulInteger", ["x", "w"], ["y"])
    graph = helper.make_graph(
        [node], "product", [helper.make_tensor_value_info("x", TensorProto.UINT8, [None, WIDTH])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, [None, INNER])], [numpy_helper.from_array(weights, "w")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = min(model.ir_version, 10)
    onnx.checker.check_model(model)
    options = SessionOptions()
    options.intra_op_num_threads = 1
    session = InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(1).integers(0, 255, (rows, WIDTH)).astype(np.uint8)
    return 2 * rows * WIDTH * INNER / best(lambda: [session.run(None, {"x": x}) for _ in range(20)]) * 20


def network_work(pieces: list[int], layers: int) -> float:
    """Multiplications and additions of a transformer over units of so many pieces: its weights once a piece, attention by pairs."""
    weights = layers * (4 * WIDTH * WIDTH + 2 * WIDTH * INNER)
    return float(sum(2 * weights * n + 4 * layers * WIDTH * n * n for n in pieces))


def of_words(n: int, corpus: Any, folder: Path) -> list[Row]:
    """The stages without a network, on n resampled units."""
    import feedback
    from feedback.codebook import Codebook
    from feedback.tagging import RuleTagger
    from feedback.topics import Embedder

    files, texts, rules = stages._files(folder, n), stages.said(n), RuleTagger(Codebook.load(stages.BOOK))
    feedback.screen(feedback.Corpus(corpus.values[:1]), context=False)
    cut = best(lambda: [WORD.findall(t) for t in texts])
    words = sum(len(WORD.findall(t)) for t in texts)
    cells = best(lambda: [list(csv.reader(f.read_text(encoding="utf-8").splitlines())) for f in files])
    size = sum(f.stat().st_size for f in files) / 1e6
    block, moved = np.zeros(1 << 24, np.uint8), words * 256 * 4
    copied = moved / (block.nbytes / best(block.copy))
    return [
        Row("read", best(lambda: [feedback.read(f) for f in files]), f"{size:.1f} MB decoded and cut into cells", cells,
            "who speaks, what is asked, language, votes, echoes: some twenty expressions a unit"),
        Row("screen, without MiniLM", once(lambda: feedback.screen(corpus, context=False)), f"{words:,} words cut out", cut,
            "word lists, 200 expressions (few of them asked), the CRF's features, grouping"),
        Row("tag, rules", best(lambda: list(rules.tag(corpus.segments())), 2), f"{words:,} words cut out", cut,
            "triggers by an index, clauses, negation, voice"),
        Row("embed", best(lambda: Embedder().encode(texts)), f"{moved / 1e6:.0f} MB of word vectors moved, words cut out",
            cut + copied, "Spanish twins, rare words, unit length"),
    ]  # fmt: skip


def of_networks(few: Any, share: float) -> list[Row]:
    """The stages with networks, on fewer units."""
    import feedback
    from feedback.codebook import Codebook
    from feedback.tagging import HearingTagger, RuleTagger
    from feedback.tagging._encode import encoder, models_folder
    from feedback.tagging._hearing import context

    book, e = Codebook.load(stages.BOOK), encoder(models_folder() / "tagger")
    rules, model = RuleTagger(book), HearingTagger(book)
    small, segments = feedback.Corpus(few.values[:1]), list(few.segments())
    feedback.screen(feedback.tag(small, rules, model, unscreened="a first run").corpus)
    some = [s.text for s in segments]
    cut = best(lambda: [WORD.findall(t) for t in some])
    alone = [len(p.ids) for p in e.cut(some)]
    placed = [len(p.ids) for p in e.cut(some, [context(s, e.glossary) for s in segments])]
    rate = {k: int8_rate(int(np.mean(v))) for k, v in (("alone", alone), ("placed", placed))}
    rest = feedback.Corpus(few.values[1:] or few.values)  # what was screened before is remembered
    unread = len(list(rest.segments())) / len(segments)
    return [
        Row(f"screen (of {share * unread:.1%})", once(lambda: feedback.screen(rest)),
            f"the same, {round(sum(alone) * unread):,} pieces through {LAYERS} + {NAME_LAYERS} layers at "
            f"{rate['alone'] / 1e9:.0f} G int8 operations/s",
            (cut + network_work(alone, LAYERS + NAME_LAYERS) / rate["alone"]) * unread,
            "the above; softmax, norms, GELU and setting int8 scales, in single precision"),
        Row(f"tag, rules and model (of {share:.1%})", once(lambda: feedback.tag(few, rules, model, unscreened="measuring")),
            f"{sum(placed):,} pieces (the question and the unit before are read along) through {LAYERS} layers at "
            f"{rate['placed'] / 1e9:.0f} G", cut + network_work(placed, LAYERS) / rate["placed"],
            "as above; words and letters, neighbours among 12,864 coded units, clauses"),
    ]  # fmt: skip


def measured(n: int, folder: Path) -> list[Row]:
    """Run each stage on resampled units, beside its least; those with networks on a tenth."""
    corpus = stages.corpus_of(n)
    few = type(corpus)(corpus.values[-max(2, n // 400) :])
    return [*of_words(n, corpus, folder), *of_networks(few, sum(len(s.turns) for s in few) / n)]


def main() -> int:
    """Measure and print."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("units", nargs="?", type=int, default=2000)
    asked = ask.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(asked.units, Path(folder))
    print("| stage | took | has to happen at the least | needs | share | what the rest is |\n|---|---|---|---|---|---|")
    for r in rows:
        print(f"| {r.stage} | {r.took:.2f} s | {r.least} | {r.needs:.3f} s | {r.needs / r.took:.1%} | {r.rest} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
