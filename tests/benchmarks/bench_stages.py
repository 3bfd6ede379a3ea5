"""One stage of the line, ours or its peer's, over resampled units, in a process of its own.

    python tests/benchmarks/bench_stages.py STAGE WAY UNITS FOLDER [LIMIT]

prints one JSON object: seconds of work (wall and processor time, set-up apart), peak memory of the process, words, and `of`, the
folders whose code was loaded. A first small run is thrown away; one thread. Work that takes LIMIT seconds of processor time ends
the process by SIGPROF. STAGES names what can be asked for.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import resampled

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "corpora" / "codebook.yaml"
Work = Callable[[int], object]  # does the stage's work on the first n units


def said(n: int) -> list[str]:
    return [str(r["text"]) for r in resampled.units(n)]


def corpus_of(n: int) -> Any:
    """Build the units as sessions, without reading files."""
    from feedback.corpus import Corpus, Session, Speaker, Turn

    sessions: dict[str, list[Turn]] = {}
    heard: dict[str, str] = {}
    for r in resampled.units(n):
        mine = sessions.setdefault(str(r["session"]), [])
        heard[str(r["session"])] = str(r["audience"])
        mine.append(Turn(len(mine), str(r["text"]), Speaker(str(r["speaker"]), "participant"), "speech"))
    return Corpus(tuple(Session(s, tuple(t), audience=heard[s]) for s, t in sessions.items()))


def sized(make: Callable[[int], Any], do: Callable[[Any], object]) -> Callable[[int], Work]:
    """Prepare inputs outside the clock: the work of n units is `do(make(n))` with `make` done before."""

    def ready(n: int) -> Work:
        small, whole = make(50), make(n)
        return lambda asked: do(small if asked == 50 else whole)

    return ready


def read_ours(folder: Path) -> Callable[[int], Work]:
    import feedback

    return sized(lambda n: _files(folder, n), lambda files: [feedback.read(f) for f in files])


def read_pandas(folder: Path) -> Callable[[int], Work]:
    import pandas

    return sized(lambda n: _files(folder, n), lambda files: [pandas.read_csv(f) for f in files])


def _files(folder: Path, n: int) -> list[Path]:
    """Write sheets of one session each, as a county keeps them; return them in order."""
    import csv

    inside = folder / f"sheets-{n}"
    if not inside.is_dir():
        making = folder / f"making-{n}-{os.getpid()}"
        making.mkdir(parents=True)
        rows: dict[str, list[dict[str, Any]]] = {}
        for r in resampled.units(n, size=250):
            rows.setdefault(str(r["session"]), []).append(r)
        for name, mine in rows.items():
            with (making / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
                sheet = csv.DictWriter(out, ["session", "speaker", "audience", "month", "text"])
                sheet.writeheader()
                sheet.writerows(mine)
        making.rename(inside)
    return sorted(inside.glob("*.csv"))


def screen_plain(_: Path) -> Callable[[int], Work]:
    import feedback

    return sized(corpus_of, lambda c: feedback.screen(c, context=False))


def screen_whole(_: Path) -> Callable[[int], Work]:
    import feedback

    return sized(corpus_of, feedback.screen)


def screen_presidio(_: Path) -> Callable[[int], Work]:
    """Presidio's analyzer with its own recognizers of patterns; its NER models are not to be had here, so it runs without."""
    import logging

    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    logging.disable(logging.WARNING)

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}

        def load(self) -> None:
            """Nothing to load."""

    engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
    return sized(said, lambda texts: [engine.analyze(t, "en") for t in texts])


def rules_ours(_: Path) -> Callable[[int], Work]:
    from feedback.codebook import Codebook
    from feedback.tagging import RuleTagger, tag

    rules = RuleTagger(Codebook.load(BOOK))
    return sized(corpus_of, lambda c: tag(c, rules, unscreened="measuring"))


def rules_spacy(_: Path) -> Callable[[int], Work]:
    """spaCy's tokenizer and matcher with the same triggers; it reads no polarity, blocks or shorthand."""
    import spacy
    from spacy.matcher import Matcher

    from feedback.codebook import Codebook

    nlp = spacy.blank("en")
    matcher = Matcher(nlp.vocab)
    for code in Codebook.load(BOOK):
        patterns = [_pattern(t) for group in code.triggers.values() for t in group]
        if patterns:
            matcher.add(code.id, patterns)
    return sized(said, lambda texts: [matcher(nlp.tokenizer(t)) for t in texts])


def _pattern(trigger: str) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for slot in re.findall(r"\[[^\[\]]*\]|\.\.\.|[^\s\[\]]+", trigger.lower()):
        if slot == "...":
            out += [{"OP": "?"}] * 3
        elif slot.startswith("["):
            out.append({"LOWER": {"IN": slot[1:-1].split("|")}})
        elif slot.endswith("*"):
            out.append({"LOWER": {"REGEX": f"^{re.escape(slot[:-1])}"}})
        else:
            out.append({"LOWER": slot})
    return out


def model_ours(_: Path) -> Callable[[int], Work]:
    from feedback.codebook import Codebook
    from feedback.tagging import HearingTagger, RuleTagger, tag

    book = Codebook.load(BOOK)
    both = RuleTagger(book), HearingTagger(book)
    return sized(corpus_of, lambda c: tag(c, *both, unscreened="measuring"))


def minilm(_: Path) -> Callable[[int], Work]:
    """sentence-transformers with all-MiniLM-L6-v2, its defaults, torch in fp32."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer

    from feedback.topics._distil import teacher_folder

    encoder = SentenceTransformer(str(teacher_folder()), device="cpu")
    return sized(said, lambda texts: encoder.encode(texts, show_progress_bar=False))


def embed_ours(_: Path) -> Callable[[int], Work]:
    from feedback.topics import Embedder

    return sized(said, lambda texts: Embedder().encode(texts))


def discover_ours(_: Path) -> Callable[[int], Work]:
    from feedback.topics import TopicModel

    return sized(lambda n: said(max(n, 300)), lambda texts: TopicModel().fit(texts))


def discover_bertopic(_: Path) -> Callable[[int], Work]:
    """BERTopic's defaults, its embedding with the same MiniLM included."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from bertopic import BERTopic
    from sentence_transformers import SentenceTransformer

    from feedback.topics._distil import teacher_folder

    encoder = SentenceTransformer(str(teacher_folder()), device="cpu")
    return sized(lambda n: said(max(n, 300)), lambda texts: BERTopic(embedding_model=encoder).fit(texts))


def learn_ours(_: Path) -> Callable[[int], Work]:
    from feedback.tagging import ThemeClassifier

    return sized(_labelled, lambda xy: ThemeClassifier(embedder="words").fit(*xy))


def learn_published(_: Path) -> Callable[[int], Work]:
    """The published patient-feedback pipeline: TF-IDF and one SVC a label."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multioutput import MultiOutputClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import SVC

    svc = SVC(C=15, class_weight="balanced", max_iter=1000, random_state=0)
    return sized(_labelled, lambda xy: make_pipeline(TfidfVectorizer(), MultiOutputClassifier(svc)).fit(*xy))


def _labelled(n: int) -> tuple[list[str], Any]:
    """Draw coded training units, two put together for a new one, with the codes that stand in at least a hundredth of them."""
    import random

    import numpy as np

    from feedback.tagging._coded import training_units

    coded = training_units(ROOT / "corpora" / "training")
    rng = random.Random(0)
    pairs = [rng.sample(range(len(coded.rows)), 2) for _ in range(max(n, 600))]
    names = sorted({c for r in coded.rows for c in r["codes"]})
    texts = [f"{coded.units[a].text} {coded.units[b].text}" for a, b in pairs]
    y = np.array([[c in coded.rows[a]["codes"] or c in coded.rows[b]["codes"] for c in names] for a, b in pairs], int)
    return texts, y[:, y.mean(0) >= 0.01]


def count_ours(_: Path) -> Callable[[int], Work]:
    import feedback
    from feedback.codebook import Codebook
    from feedback.tagging import RuleTagger, tag

    rules = RuleTagger(Codebook.load(BOOK))
    coded: Callable[[int], Any] = lambda n: tag(corpus_of(n), rules, unscreened="measuring")  # noqa: E731
    return sized(coded, lambda codings: feedback.summarize(codings, by="audience", unscreened="measuring"))


STAGES: dict[str, dict[str, Callable[[Path], Callable[[int], Work]]]] = {
    "read": {"feedback": read_ours, "pandas.read_csv": read_pandas},
    "screen, without MiniLM": {"feedback": screen_plain, "Presidio, patterns only": screen_presidio},
    "screen": {"feedback": screen_whole},
    "tag, rules": {"feedback": rules_ours, "spaCy tokenizer and matcher": rules_spacy},
    "tag, rules and model": {"feedback": model_ours, "sentence-transformers (encoding only)": minilm},
    "embed": {"feedback": embed_ours, "sentence-transformers": minilm},
    "discover": {"feedback": discover_ours, "BERTopic": discover_bertopic},
    "learn": {"feedback": learn_ours, "patient-feedback pipeline": learn_published},
    "count": {"feedback": count_ours},
}


def loaded() -> list[str]:
    """Parts of `feedback/` that are imported: files, and families as whole folders with the words and numbers in them."""
    files = [Path(f) for m in list(sys.modules.values()) if (f := getattr(m, "__file__", None))]
    inside = [f.relative_to(ROOT / "feedback") for f in files if f.is_relative_to(ROOT / "feedback")]
    return sorted({f"feedback/{f.parts[0]}" for f in inside})


def peak() -> float:
    """MiB that this process held at most; what the one that started it held is not counted, as `ru_maxrss` does."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def end_with(parent: int) -> None:
    """End this process when the one that asked for the figures has ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def main(asked: Sequence[str]) -> None:
    """Prepare, run once small, run whole, print."""
    stage, way, n, folder = asked[0], asked[1], int(asked[2]), Path(asked[3])
    warnings.simplefilter("ignore")
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    begun = time.process_time()
    work = STAGES[stage][way](folder)(n)
    work(50)
    set_up = time.process_time() - begun
    wall, cpu = time.perf_counter(), time.process_time()
    signal.setitimer(signal.ITIMER_PROF, float(asked[4]) if len(asked) > 4 else 0)
    work(n)
    signal.setitimer(signal.ITIMER_PROF, 0)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    words = sum(len(t.split()) for t in said(n))
    print(json.dumps({
        "stage": stage, "way": way, "units": n, "words": words, "wall_s": round(wall, 2), "cpu_s": round(cpu, 2),
        "set_up_s": round(set_up, 2), "peak_mib": round(peak()), "of": loaded(),
    }))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
