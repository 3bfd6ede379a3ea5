"""Compare ours with BERTopic's defaults, scikit-learn's NMF and KeyNMF in one run.

    python tests/benchmarks/topics_peers.py [px|meetings|FOLDER|FILE.csv|FILE.jsonl] [--n 2000] [--seeds 3]
        [--methods ours,graph,nmf,keynmf,bertopic]

`px`: patient comments, `meetings`: committee meetings, read from ../shared/data where that stands beside the repository.
A folder gives its *.txt, one text a line. Every method runs in its own process on one thread, embedding included, warm (a
first small fit is thrown away); CPU seconds are `time.process_time`, peak memory the process's maximum resident set.
NPMI: top-10 words, boolean window of 10 words over the corpus itself, pairs averaged, then topics (English and Spanish stop
words left out of every method's words). AMI over seeds, and between a fit on all and on nine tenths, on texts both have;
`placed_as_refit`: share of the dropped tenth that `transform` puts in the topic that most of a full fit's topic maps to.
`ours` is TopicModel() as it comes, `graph` TopicModel(steady=False). KeyNMF (Kardos et al. 2024) is computed here, not by
turftopic, which is no dependency of this project:
the 25 words of a text nearest to it in MiniLM, positive ones, through scikit-learn's NMF.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"


def read_texts(source: str, n: int) -> tuple[list[str], list[str] | None]:
    """Return texts and, where there are any, one label a text."""
    if source == "px":
        with (SHARED / "coded" / "patient-feedback.csv").open(encoding="utf-8-sig", newline="") as f:
            rows = [r for r in csv.DictReader(f) if r["FFT answer"].strip()]
        codes = [c for c in rows[0] if {r[c] for r in rows} <= {"", "0", "1", "0.0", "1.0"} and c != "Not assigned"]
        common = Counter(c for r in rows for c in codes if r[c].startswith("1"))
        labels = [max((c for c in codes if r[c].startswith("1")), key=lambda c: (-common[c], c), default="") for r in rows]
        return [r["FFT answer"] for r in rows][:n], labels[:n]
    if source == "meetings":
        return meetings(n)
    path = Path(source)
    if path.is_dir():
        texts = [t.strip() for f in sorted(path.rglob("*.txt")) for t in f.read_text(encoding="utf-8").splitlines()]
        for f in sorted(path.rglob("*.jsonl")):
            texts += [t for x in f.read_text(encoding="utf-8").splitlines() for t in strings(json.loads(x))]
    elif path.suffix == ".jsonl":
        texts = [json.loads(x).get("text", "") for x in path.read_text(encoding="utf-8").splitlines()]
    else:
        with path.open(encoding="utf-8-sig", newline="") as f:
            texts = [max(r, key=len) for r in csv.reader(f)]
    return [t for t in texts if t][:n], None


def meetings(n: int) -> tuple[list[str], list[str]]:
    """Return the turns of three words or more, each with the meeting and the human topic that it stands in."""
    folder = SHARED / "text" / "committee-meetings"
    truth: dict[tuple[str, int], str] = {}
    for line in (folder / "gold_topics.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for topic in row["topics"]:
            for first, last in topic["turn_spans"]:
                spanned = range(first, last + 1)
                truth |= {(row["session_id"], i): f"{row['session_id']} {topic['topic']}" for i in spanned}
    texts, labels = [], []
    for line in (folder / "sessions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for i, t in enumerate(strings(row)):
            if len(t.split()) >= 3:
                texts.append(t)
                labels.append(truth.get((row["session_id"], i), ""))
    return texts[:n], labels[:n]


def strings(row: dict[str, object]) -> list[str]:
    """Return the texts of a row, however it is laid out."""
    if isinstance(row.get("text"), str):
        return [str(row["text"])]
    turns = row.get("turns") or row.get("units") or []
    return [str(t.get("text") or t.get("content") or "") for t in turns if isinstance(t, dict)]  # type: ignore[union-attr]


def worker(method: str, source: str, n: int, seeds: int, k: int | None) -> dict[str, object]:
    """Fit one method and measure it."""
    import numpy as np
    from sklearn.metrics import adjusted_mutual_info_score as ami
    from sklearn.metrics import adjusted_rand_score
    from sklearn.metrics import normalized_mutual_info_score as nmi

    texts, truth = read_texts(source, n)
    start = time.process_time()
    fit = {"ours": ours, "graph": graph, "nmf": nmf, "keynmf": keynmf, "bertopic": bertopic}[method](texts[:300])
    cold = time.process_time() - start
    start = time.process_time()
    labels, words = fit(texts, 0, k)
    cpu = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    out: dict[str, object] = {
        "method": method, "texts": len(texts), "topics": int(labels.max()) + 1, "cpu_s": round(cpu, 2), "first_s": round(cold, 2),
        "peak_mib": round(peak), "outliers": round(float((labels < 0).mean()), 3), "npmi": round(npmi(texts, words), 3),
        "diversity": round(len({w for ws in words for w in ws}) / max(sum(map(len, words)), 1), 3),
    }  # fmt: skip
    if truth:
        kept = np.asarray([bool(t) for t in truth])
        named, own = np.asarray(truth)[kept], labels[kept]
        out["nmi"], out["ari"] = round(float(nmi(named, own)), 3), round(float(adjusted_rand_score(named, own)), 3)
        out["purity"] = round(sum(max(Counter(named[own == t]).values()) for t in set(own.tolist())) / len(own), 3)
    out["labels"], out["sits"] = labels.tolist(), getattr(fit, "sits", None)
    if seeds > 1:
        more = [labels, *(fit(texts, s, k)[0] for s in range(1, seeds))]
        out["ami_seeds"] = round(float(np.mean([ami(a, b) for a, b in combinations(more, 2)])), 3)
        found = []
        for s in range(seeds):
            keep = np.sort(np.random.default_rng(s).permutation(len(texts))[: round(0.9 * len(texts))])
            found.append(ami(labels[keep], fit([texts[i] for i in keep], 0, k)[0]))
        out["ami_drop10"] = round(float(np.mean(found)), 3)
        if method in ("ours", "graph"):
            out["placed_as_refit"] = round(placed(texts, labels, steady=method == "ours", seeds=seeds), 3)
    return out


def ours(warm: list[str]):
    """Our graph model."""
    from feedback.topics import TopicModel

    TopicModel().fit(warm)

    def fit(texts: list[str], seed: int, k: int | None):
        model = TopicModel(k, seed).fit(texts)
        fit.sits = model.fit_.tolist()
        return model.labels_, model.words(10)

    return fit


def graph(warm: list[str]):
    """Our graph model: steady=False."""
    from feedback.topics import TopicModel

    TopicModel(steady=False).fit(warm)

    def fit(texts: list[str], seed: int, k: int | None):
        model = TopicModel(k, seed, steady=False).fit(texts)
        fit.sits = model.fit_.tolist()
        return model.labels_, model.words(10)

    return fit


def placed(texts: list[str], full, *, steady: bool, seeds: int) -> float:
    """Share of new documents (a tenth) that land where a refit with them would put them, topics mapped by overlap."""
    import numpy as np

    from feedback.topics import TopicModel

    found = []
    for s in range(seeds):
        order = np.random.default_rng(s).permutation(len(texts))
        keep, new = np.sort(order[: round(0.9 * len(texts))]), np.sort(order[round(0.9 * len(texts)) :])
        model = TopicModel(steady=steady).fit([texts[i] for i in keep])
        table = np.zeros((model.n_topics_, int(full.max()) + 1))
        np.add.at(table, (model.labels_, full[keep]), 1)
        found.append(float((table.argmax(1)[model.transform([texts[i] for i in new])] == full[new]).mean()))
    return float(np.mean(found))


def keynmf(warm: list[str]):
    """KeyNMF on the local MiniLM, by its published steps."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import numpy as np
    import scipy.sparse as sp
    from sentence_transformers import SentenceTransformer
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import CountVectorizer

    from feedback.topics._distil import teacher_folder
    from feedback.topics._words import stop_words

    stop = sorted({p for w in stop_words() for p in w.split("'") if len(p) > 1})
    encoder = SentenceTransformer(str(teacher_folder()), device="cpu")

    def fit(texts: list[str], seed: int, k: int | None):
        vectorizer = CountVectorizer(stop_words=stop, min_df=2)
        said = vectorizer.fit_transform(texts).tocsr()
        names = vectorizer.get_feature_names_out()
        docs = encoder.encode(texts, show_progress_bar=False, normalize_embeddings=True)
        words = encoder.encode(list(names), show_progress_bar=False, normalize_embeddings=True)
        rows, cols, near = [], [], []
        for i in range(len(texts)):
            at = said.indices[said.indptr[i] : said.indptr[i + 1]]
            score = words[at] @ docs[i]
            for j in np.argsort(-score)[:25]:
                if score[j] > 0:
                    rows.append(i), cols.append(at[j]), near.append(float(score[j]))
        x = sp.csr_matrix((near, (rows, cols)), shape=said.shape)
        model = NMF(k or 20, random_state=seed, init="nndsvd", max_iter=300)
        labels = model.fit_transform(x).argmax(1)
        return labels, [[names[i] for i in row.argsort()[::-1][:10]] for row in model.components_]

    fit(warm, 0, 5)
    return fit


def nmf(warm: list[str]):
    """TF-IDF and NMF as scikit-learn's example has them."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    from feedback.topics._words import stop_words

    stop = sorted({p for w in stop_words() for p in w.split("'") if len(p) > 1})

    def fit(texts: list[str], seed: int, k: int | None):
        vectorizer = TfidfVectorizer(max_df=0.95, min_df=2, stop_words=stop)
        x = vectorizer.fit_transform(texts)
        model = NMF(k or 20, random_state=seed, init="nndsvda", max_iter=200)
        labels = model.fit_transform(x).argmax(1)
        names = vectorizer.get_feature_names_out()
        return labels, [[names[i] for i in row.argsort()[::-1][:10]] for row in model.components_]

    fit(warm, 0, 5)
    return fit


def bertopic(warm: list[str]):
    """BERTopic's defaults with the local MiniLM in torch fp32; the seed goes to UMAP; stop words out of the words."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from bertopic import BERTopic
    from sentence_transformers import SentenceTransformer
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    from feedback.topics._distil import teacher_folder
    from feedback.topics._words import stop_words

    stop = sorted({p for w in stop_words() for p in w.split("'") if len(p) > 1})
    encoder = SentenceTransformer(str(teacher_folder()), device="cpu")
    seen: dict[int, object] = {}

    def fit(texts: list[str], seed: int, k: int | None):
        key = hash(tuple(texts))
        if key not in seen or seed == 0:
            seen[key] = encoder.encode(texts, show_progress_bar=False)
        reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1)
        model = BERTopic(
            embedding_model=encoder, umap_model=reduce, nr_topics=k, vectorizer_model=CountVectorizer(stop_words=stop)
        )
        import numpy as np

        labels = np.asarray(model.fit_transform(texts, seen[key])[0])
        return labels, [[w for w, _ in model.get_topic(t) if w][:10] for t in range(int(labels.max()) + 1)]

    fit(warm, 0, None)
    return fit


def npmi(texts: list[str], words: list[list[str]], window: int = 10) -> float:
    """Mean NPMI of topics over their pairs of words; topics of one word are left out, as they are for every method."""
    import math

    wanted = {w for ws in words for w in ws}
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    total = 0
    for text in texts:
        tokens = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower())
        for i in range(max(1, len(tokens) - window + 1)):
            inside = sorted(set(tokens[i : i + window]) & wanted)
            total += 1
            single.update(inside)
            pairs.update(combinations(inside, 2))
    scores = []
    for ws in words:
        found = []
        for a, b in combinations(sorted(set(ws)), 2):
            n = pairs[(a, b)]
            if not n:
                found.append(-1.0)
                continue
            joint = n / total
            found.append(math.log(joint * total * total / (single[a] * single[b])) / -math.log(joint) if joint < 1 else 1.0)
        if found:
            scores.append(sum(found) / len(found))
    return sum(scores) / max(len(scores), 1)


def at_coverage(source: str, n: int, rows: list[dict[str, object]]) -> None:
    """Print every method's NMI on the texts that BERTopic did not call outliers, and ours on as many of its own best placed."""
    from sklearn.metrics import normalized_mutual_info_score as nmi

    truth = read_texts(source, n)[1]
    if truth:
        labels = {str(r["method"]): r["labels"] for r in rows}
        kept = [i for i, t in enumerate(labels["bertopic"]) if t >= 0]

        def score(own: list[int], among: list[int]) -> float:
            return float(nmi([truth[i] for i in among if truth[i]], [own[i] for i in among if truth[i]]))

        print("NMI at BERTopic's coverage:", "  ".join(f"{m}={score(own, kept):.3f}" for m, own in labels.items()))
        best = {str(r["method"]): sorted(range(len(truth)), key=lambda i: -r["sits"][i])[: len(kept)] for r in rows if r["sits"]}
        found = "  ".join(f"{m}={score(labels[m], among):.3f}" for m, among in best.items())
        theirs = score(labels["bertopic"], kept)
        print(f"NMI on as many texts ({len(kept)}), each method's own best placed: bertopic={theirs:.3f}  {found}")


def main() -> int:
    """Run every method in its own process and print one table, and ratios to BERTopic where it ran."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    p.add_argument("source", nargs="?", default="px")
    p.add_argument("--n", type=int, default=2000)
    p.add_argument("--k", type=int)
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--methods", default="ours,graph,nmf,keynmf,bertopic")
    p.add_argument("--worker")
    a = p.parse_args()
    if a.worker:
        print(json.dumps(worker(a.worker, a.source, a.n, a.seeds, a.k)))
        return 0
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONHASHSEED": "0"}
    env = {**os.environ, **one}
    rows: list[dict[str, object]] = []
    for method in a.methods.split(","):
        call = [sys.executable, __file__, a.source, "--n", str(a.n), "--seeds", str(a.seeds), "--worker", method]
        call += ["--k", str(a.k)] if a.k else []
        done = subprocess.run(call, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{method}: failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ''}")
            continue
        rows.append(json.loads(done.stdout.strip().splitlines()[-1]))
        print("  ".join(f"{k}={v}" for k, v in rows[-1].items() if k not in ("labels", "sits")), flush=True)
    base = next((r for r in rows if r["method"] == "bertopic"), None)
    for r in rows if base else []:
        if r is not base:
            cpu, memory = base["cpu_s"] / r["cpu_s"], r["peak_mib"] / base["peak_mib"]
            print(f"{r['method']}: BERTopic takes {cpu:.1f} times the CPU seconds; {memory:.2f} of its memory")
    if base:
        at_coverage(a.source, a.n, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
