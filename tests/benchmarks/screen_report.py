"""Print every figure of the privacy gate by one command: `python tests/benchmarks/screen_report.py [FOLDER] [--all]`.

FOLDER holds labelled JSONL of your own or others' (default `../shared/data/identifiers`, where it is there); every `*.jsonl` in it
is scored, and those of `corpora/identifiers` that nothing learned from. `--all` scores whole sets, else the first 1,200 rows of
large ones. What was learned from, mended on or looked at is marked. Last comes the table of the project's targets. Shares are of
spans fully covered, with the 95% interval; flags are those that touch no labelled span; speed is processor time of one thread.
"""

# ruff: noqa: E501
from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import feedback
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.privacy import canaries, screen
from feedback.privacy._material import kept_apart
from feedback.privacy.score import GUISES, Score, by_ref, covered, interval, rows_of, score

ROOT = Path(__file__).resolve().parents[2]
NOTES = {
    "gum_spoken_even": "only the documents never learned from; misses were read", "uner_ewt_dev": "never learned from",
    "coser_es_negatives": "never learned from; no names", "la_challenge": "made with the first rules", "presidio_synth_v2": "templates",
    "wnut17_dev": "its train part was learned", "btc_dev": "its train part was learned", "meddocan_dev": "its train part was learned",
    "challenge_mend": "rules were mended on it", "challenge_held": "read once, then mended on; its first reading stands in the card",
    "challenge_fresh": "read once, then mended on; its first reading stands in the card", "held_youth": "never learned from",
    "blind_mend": "read once, then mended on; its first reading stands in the card", "blind_apart": "read twice, then mended on; see the card",
    "blind_last": "read once, then mended on; its first reading stands in the card", "blind_d": "read once, then mended on and learned from; its first reading stands in the card",
    "blind_e": "read once, then mended on and learned from; its first reading stands in the card", "blind_f": "read once, then mended on and learned from; its first reading stands in the card",
    "blind_l": "the exam: never mended on, never learned from", "blind_m": "the exam: never mended on, never learned from",
    "blind_n": "the exam: never mended on, never learned from, thresholds chosen on it", "blind_o": "the exam: never mended on, never learned from",
    "blind_k": "a fourth hand's, learned from in the end; its first readings stand in the card", "blind_j": "a third hand's, mended on; its first reading stands in the card", "blind_i": "another hand's, mended on in the end", "blind_h": "mended on in the end", "blind_g": "read once, then mended on; its first reading stands in the card",
    "held_familia": "never learned from", "held_mixed": "never learned from",
}  # fmt: skip
LEARNED = frozenset(("slurp_devel", "wnut17_train", "btc_train", "gum_written", "meddocan_train", "own_synth_train"))
CLEAN = ("LS-Y06", "LS-Y09", "LS-F05", "LS-K05")
CASES = {"PERSON", "person"}


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def gold_corpus() -> tuple[list[dict], Corpus]:
    """The gold sessions as read by hand."""
    rows = rows_of(ROOT / "corpora/gold/truth.jsonl")
    sessions: dict[str, list[Turn]] = {}
    for r in rows:
        lang = r["lang"] if r["lang"] in ("en", "es") else None
        turn = Turn(r["i"], r["text"], Speaker(r["speaker"], r["role"]), kind=r["kind"], language=lang)
        sessions.setdefault(r["session"], []).append(turn)
    return rows, Corpus(tuple(Session(s, tuple(t)) for s, t in sessions.items()))


def gold() -> None:
    """Print recall, decisions, disclosures, canaries and speed on the gold."""
    rows, corpus = gold_corpus()
    for context in (True, False):
        warm = Corpus((Session("W", (Turn(0, "Hola, me and Tasha came in May.", Speaker()),)),))
        screen(warm, context=context)  # the models are loaded before the clock runs; the gold itself is not, findings are kept
        began = time.process_time()
        audit = screen(corpus, context=context)
        took = time.process_time() - began
        words = sum(len(t.text.split()) for s in corpus for t in s.turns)
        found = by_ref(audit)
        want = [(r, x) for r in rows for x in r["identifiers"]]
        hit = 0
        for r, x in want:
            a = r["text"].index(x["text"])
            hit += covered(r["text"], {"start": a, "end": a + len(x["text"])}, found[f"{r['session']}#{r['i']}"])
        open_ = [f for f in audit.findings if f.status == "open" and f.kind != "disclosure"]
        to_do = [len({f.group for f in open_ if f.ref.startswith(s)}) for s in CLEAN]
        layers = "all layers" if context else "without MiniLM"
        say(f"gold, {layers}: {hit} of {len(want)} identifiers; words to decide in clean sessions {to_do}; {words / took:,.0f} words/s")
        if context:
            held = {f.ref for f in audit.findings if f.kind == "disclosure" and f.status == "open"}
            tiers = {f"{r['session']}#{r['i']}": r["disclosure"] for r in rows}
            say(f"gold disclosures held: {dict(Counter(tiers[r] for r in held))} of {dict(Counter(v for v in tiers.values() if v))}")
    flown = [canaries(corpus, seed) for seed in (0, 1, 2)]
    say("canaries, three seeds: " + ", ".join(f"{sum(f.found.values())} of {sum(f.planted.values())}" for f in flown))


def folders() -> None:
    """Print what is open in the demo corpus, and recall on the leaky one, by its datasheet: the name covered is enough."""
    demo = screen(feedback.read(ROOT / "corpora/demo"))
    groups = {g.id for g in demo.groups() if g.kind != "disclosure" and g.status == "open"}
    say(f"demo: {len(groups)} words to decide in all 20 sessions together")
    corpus = feedback.read(ROOT / "corpora/leaky")
    found = by_ref(screen(corpus))
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for s in corpus:
        for t in s.turns:
            said[Path(s.file).name].append((f"{s.id}#{t.index}", t.text))
    total, hit = 0, 0
    for row in rows_of(ROOT / "corpora/leaky/key.jsonl"):
        for x in row["found"]:
            here = " ".join((row["text_of_unit"] or x["text"]).split())
            places = [(r, t) for r, t in said[row["file"]] if x["text"] in t and (here in " ".join(t.split()) or " ".join(t.split()) in here)]
            total += bool(places)
            hit += bool(places) and all(
                covered(t, {"start": t.index(x["text"]), "end": t.index(x["text"]) + len(x["text"])}, found[r]) for r, t in places
            )
    say(f"leaky: {hit} of {total} identifiers that stand in the units' text")


def roster(rows: list[dict]) -> tuple[int, int, int, int]:
    """Names of the set given as a roster, as they are and with one letter changed: covered, of how many, twice."""
    chance, out = random.Random(0), []
    named = [r for r in rows if any(s["label"] == "PERSON" and s["end"] - s["start"] > 4 for s in r["spans"])][:150]
    for fuzzy in (False, True):
        hits = total = 0
        for r in named:
            s = next(s for s in r["spans"] if s["label"] == "PERSON" and s["end"] - s["start"] > 4)
            name = r["text"][s["start"] : s["end"]]
            k = chance.randrange(1, len(name) - 1)
            known = name[:k] + chance.choice("aeiorst") + name[k + 1 :] if fuzzy and name[k].isalpha() else name
            audit = screen(Corpus((Session("R", (Turn(0, r["text"], Speaker()),)),)), roster=[known], context=False)
            total += 1
            hits += covered(r["text"], s, [f for f in audit.findings if f.where == "text"])
        out += [hits, total]
    return out[0], out[1], out[2], out[3]


def targets(done: dict[tuple[str, str], Score]) -> None:
    """Print the project's targets with what the sets came to, those only that were never learned from."""
    def pooled(names: tuple[str, ...], guises: tuple[str, ...], kinds: set[str]) -> tuple[int, int, float]:
        got = [done[n, g] for n in names for g in guises if (n, g) in done]
        full, total = sum(s.full[k] for s in got for k in kinds), sum(s.total[k] for s in got for k in kinds)
        return full, total, 1000 * sum(s.flags for s in got) / max(1, sum(s.words for s in got))

    own = ("blind_l", "blind_m", "blind_n", "blind_o")  # all others taught the transformer in the end
    lines: list[tuple[str, float, tuple[str, ...], tuple[str, ...], set[str]]] = [
        ("persons, real speech, cased (flags <= 15)", 0.995, ("gum_spoken_even",), ("as is",), CASES),
        ("persons, real speech, lower case (flags <= 20)", 0.97, ("gum_spoken_even",), ("lower",), CASES),
        ("persons, real speech, as recognised (flags <= 20)", 0.97, ("gum_spoken_even",), ("asr",), CASES),
        ("persons, Spanish, invented, lower case (flags <= 25)", 0.97, ("held_familia",), ("lower",), CASES),
        ("names that are words, lower case", 0.90, own, ("lower",), {"name that is a word"}),
        ("nicknames and names of the street", 0.90, own, ("lower",), {"nickname"}),
        ("e-mail written", 1.0, own, GUISES, {"email", "email written"}), ("URL", 1.0, own, GUISES, {"url"}),
        ("e-mail spelled", 0.95, own, GUISES, {"email spelled"}), ("handles", 0.95, own, GUISES, {"handle"}),
        ("phones written", 0.995, own, GUISES, {"phone written"}), ("phones spoken", 0.98, own, GUISES, {"phone spoken"}),
        ("ids with a cue", 0.99, own, GUISES, {"id"}), ("full dates of birth", 0.99, own, GUISES, {"birth"}),
        ("addresses", 0.98, own, GUISES, {"address"}), ("corners", 0.90, own, GUISES, {"corner"}),
        ("schools and placements, cased", 0.95, own, ("as is",), {"school or placement"}),
        ("schools and placements, lower case", 0.95, own, ("lower",), {"school or placement"}),
    ]  # fmt: skip
    say("\ntargets (own invented sets were mended on: an upper bound; first readings stand in models/privacy/card.md)")
    for name, goal, sets, guises, kinds in lines:
        full, total, flags = pooled(sets, guises, kinds)
        if total:
            low, high = interval(full, total)
            mark = "met" if full / total >= goal else "short"
            say(f"  {name:55} {full / total:.3f} [{low:.3f}, {high:.3f}] of {total}, goal {goal}: {mark}; flags {flags:.1f}")


def main(args: list[str]) -> None:
    """Print everything."""
    began, whole = time.process_time(), "--all" in args
    given = [Path(a) for a in args if not a.startswith("--")]
    folder = given[0] if given else ROOT.parent / "shared" / "data" / "identifiers"
    gold()
    folders()
    done: dict[tuple[str, str], Score] = {}
    own = [p for p in sorted((ROOT / "corpora/identifiers").glob("*.jsonl")) if not p.stem.startswith("learn_")]
    people: list[dict] = []
    for path in [*sorted(folder.glob("*.jsonl")), *own]:
        if path.stem in LEARNED:
            say(f"{path.stem}: passed over, it was learned from")
            continue
        rows = rows_of(path)
        if path.stem == "gum_spoken_even":
            apart = kept_apart(rows)
            rows = [r for r in rows if r["doc"] in apart]
        rows = rows if whole or path.stem == "gum_spoken_even" else rows[: 60 if path.stem.startswith("meddocan") else 1200]
        people += [r for r in rows if path.parent != folder]
        say(f"{path.stem} ({NOTES.get(path.stem, 'not known to this command')}), {len(rows)} rows")
        for guise in GUISES:
            got = done[path.stem, guise] = score(rows, guise)
            for line in got.lines():
                say(f"  {guise:6} {line}")
    hits, total, near, tried = roster(people)
    say(f"roster: exact {hits} of {total}, one letter changed {near} of {tried}")
    targets(done)
    say(f"{time.process_time() - began:.0f} s of processor time")


if __name__ == "__main__":
    main(sys.argv[1:])
