"""Measure the learned tagger on codebooks that are not ours, from names and definitions alone, beside TF-IDF that was taught.

    python tests/benchmarks/zero_shot.py [SET ...] [--draws 10] [--taught 100] [--model FOLDER] [--data FOLDER]

Sets: counselchat, focus-group-notes (read where they lie: ../shared/data/coded). The definitions below were written from the
label names. Labels with at least ten units count. TF-IDF (words, one and two; logistic regression a label, balanced) learns
from `--taught` units drawn at random and is scored on all others, as is the tagger; its threshold is the best of its own
taught units, left out in turn. `best` are shares of wanted labels among the k best, k the number wanted (no threshold).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from feedback.codebook import Code, Codebook
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.tagging._hearing import HearingTagger

ROOT = Path(__file__).parents[2]
DATA = ROOT / ".." / "shared" / "data" / "coded"
LEAST = 10
DEFINITIONS: dict[str, dict[str, tuple[str, str]]] = {
    "counselchat": {
        "Relationships": ("Trouble with a partner, boyfriend or girlfriend: trust, arguments, growing apart, wanting to be loved.",
                          "my boyfriend, my girlfriend, cheating, jealousy, trust, communication, long distance"),
        "Depression": ("Feeling sad, empty, hopeless or without energy, crying, not wanting to live.",
                       "feeling down, no motivation, hopeless, thoughts of suicide, crying all the time"),
        "Family Conflict": ("Fights and tension with parents, siblings, in-laws or other relatives.",
                            "my mother, my father, my sister, arguing with family, parents who do not accept me"),
        "Intimacy": ("Closeness, affection and sex between partners, and trouble with it.",
                     "sex life, loss of interest in sex, affection, feeling unwanted by my partner, infidelity"),
        "Anxiety": ("Worry, fear, panic attacks and nervousness that get in the way of life.",
                    "panic attacks, worry, afraid of people, nervous, social anxiety, fear of leaving the house"),
        "Marriage": ("Problems between husband and wife: trust, affairs, staying together.",
                     "my husband, my wife, affair, separated, saving the marriage"),
        "Self-esteem": ("Feeling worthless, ugly or not good enough, lacking confidence.",
                        "low confidence, hating myself, not good enough, insecure, body image"),
        "Social Relationships": ("Friends and other people: making friends, being left out, getting along.",
                                 "my best friend, making friends, no friends, loneliness, people do not like me"),
        "Behavioral Change": ("Wanting to stop a habit or act in another way.",
                              "how can I stop, changing my behavior, bad habits, lying, controlling myself"),
        "Parenting": ("Raising children: discipline, behavior of a son or daughter, custody, being a mother or father.",
                      "my son, my daughter, my child misbehaves, step-children, discipline, custody"),
        "Relationship Dissolution": ("Breaking up, divorce, and getting over an ex.",
                                     "breakup, divorce, my ex, getting him back, moving on"),
        "Human Sexuality": ("Questions about sex, sexual desire, orientation, fetish or pornography.",
                            "sexual desire, masturbation, pornography, fetish, sexual orientation"),
        "Anger Management": ("Losing one's temper, rage, and how to control anger.",
                             "anger, rage, yelling, short temper, exploding, hitting things"),
        "Trauma": ("Lasting effects of abuse, assault, accident or violence.",
                   "abused as a child, raped, flashbacks, nightmares, PTSD, memories of the past"),
        "Stress": ("Too much pressure from work, school or life.", "overwhelmed, pressure, stressed out, burnout, school and work"),
        "LGBTQ": ("Being gay, lesbian, bisexual or transgender, coming out, gender identity.",
                  "coming out, transgender, gay, lesbian, bisexual, gender"),
        "Addiction": ("Not being able to stop drugs, alcohol, gambling, pornography or another habit.",
                      "addicted, alcoholic, drugs, gambling, recovery, relapse"),
        "Grief and Loss": ("Mourning someone who died, or another loss.",
                           "death, passed away, grieving, funeral, miss him, lost my mother"),
        "Substance Abuse": ("Drinking or taking drugs in a way that harms.", "alcohol, drinking, drugs, weed, sober, addict"),
        "Domestic Violence": ("Being hit, threatened or controlled by a partner or at home.",
                              "abusive husband, hits me, violence, afraid of my partner, emotional abuse"),
        "Legal & Regulatory": ("Law, courts and rules: custody, court-ordered treatment, rights, records.",
                               "court, legal, custody, probation, law, consent, records"),
        "Sleep Improvement": ("Trouble sleeping, insomnia, nightmares.", "cannot sleep, insomnia, nightmares, waking up at night"),
    },
    "focus-group-notes": {
        "Value of project and motivations to take part": (
            "Why the project matters and why people want to take part in it.",
            "helping autistic people and their families, educating neurotypical people, removing stigma, sharing expertise and "
            "personal perspective, being heard, creating community, research"),
        "Experiences of autistic people and their families in their daily life": (
            "What daily life is like for autistic people and their families: noise, travel, school, being misunderstood.",
            "my son, on the train, sensory overload, meltdown, supermarket, being misunderstood"),
        "Platform design": (
            "How the website should look and work, what it asks, what it records about users and how it shows experiences.",
            "navigation, buttons and pages, wording of the question, examples and prompts, age and diagnosis, filters, "
            "personal choice, motivation, clear communication, simplicity, accessibility, presenting experiences"),
        "Platform design > How should we ask the research question?": (
            "Wording of the question that people answer when they share an experience.",
            "too general, the question could be, examples, prompts, what would have helped, rephrase"),
        "Platform design > Navigation": (
            "Moving around the site: menus, buttons, links, logging in, pages.",
            "button, menu, tab, link, home page, log in, search"),
        "Platform design > Demographic information": (
            "Which personal details to record: age, gender, diagnosis, whether somebody is autistic.",
            "age, gender, location, diagnosis, demographics, who is autistic"),
        "Moderation": (
            "Checking what people post: who decides, what is not allowed, refusing or editing posts, comments by others.",
            "moderators, swear words, hate, names and addresses, guidelines, automatic filter, a committee, allowing comments, "
            "redaction, access to the data, concerns about sharing"),
        "Moderation > What would help?": (
            "What would make moderating easier or fairer: guidelines, feedback to authors, training, a committee.",
            "guidelines, feedback on what to change, training, committee, code of conduct"),
        "Moderation > What should we moderate for?": (
            "Which content should be stopped: bad language, hate, names, addresses, harm.",
            "swearing, homophobia, hate speech, personal details, home addresses, abuse, suicide"),
        "Moderation > Who should moderate?": (
            "Who should be moderator: autistic people, a team, one person, a machine.",
            "moderators, autistic moderator, volunteers, team, automatic moderation, parents"),
        "Data management": (
            "Who may hold, see, use and learn from the data, consent, agency, and keeping it safe.",
            "data protection, informed consent, changing consent, agency, ownership, organisations that should learn from it"),
        "Data management > Which groups or organisations should learn from the data?": (
            "Who should be told what was learned: councils, shops, transport, schools, architects.",
            "local councils, libraries, shops, railways, designers, government, schools"),
        "Contribution channels": (
            "Ways to contribute: survey form, GitHub, e-mail, newsletter, focus group.",
            "Google Forms survey, GitHub, mailbox and newsletters, personal email, focus groups, Gitter, contribution pathway"),
        "Contribution channels > Google Forms Survey": (
            "The survey in Google Forms and how to make it better.", "Google Forms, survey, questionnaire, form"),
        "Ways of working": (
            "How the team works and tells others: communication, openness, partners, diversity.",
            "mailing list, updates, marketing, partner organisations, transparency, contacting schools, diversity and inclusion"),
        "Ways of working > Communication": (
            "Telling people about the project: marketing, newsletters, contacting schools, forums.",
            "marketing, publicity, contacting schools, parent forums, updates, social media"),
    },
}  # fmt: skip


def read(folder: Path, name: str) -> tuple[list[str], list[str], Any]:
    """Texts, labels that count, and who has which."""
    rows = [json.loads(line) for line in (folder / name / "coded.jsonl").read_text(encoding="utf-8").splitlines()]
    labels = [c for c in DEFINITIONS[name] if sum(c in r["labels"] for r in rows) >= LEAST]
    return [r["text"] for r in rows], labels, np.array([[float(c in r["labels"]) for c in labels] for r in rows])


def book(name: str, labels: list[str], examples: dict[str, list[str]] | None = None) -> Codebook:
    """The labels as codes with name, definition and what they include; with coded examples where given."""
    codes = []
    for k, label in enumerate(labels):
        definition, include = DEFINITIONS[name][label]
        shown = {"en": tuple((examples or {}).get(label, ()))}
        codes.append(Code(f"c{k}", label.replace(" > ", ": "), definition=definition, include=include, examples=shown))
    return Codebook(tuple(codes))


def heard(model: HearingTagger, texts: list[str]) -> tuple[Any, Any]:
    """Chances, and what is given at the model's own thresholds."""
    corpus = Corpus((Session("S", tuple(Turn(i, t, Speaker()) for i, t in enumerate(texts))),))
    chance = model.scores(list(corpus.segments()))
    return chance, chance >= model.thresholds()


def taught(texts: list[str], y: Any, rows: Any, others: Any) -> tuple[Any, Any]:
    """TF-IDF and logistic regression from some units: scores of the others, and what is given."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    def scores(here: Any, there: Any) -> Any:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english")
        x, z = words.fit_transform([texts[i] for i in here]), words.transform([texts[i] for i in there])
        out = np.zeros((len(there), y.shape[1]))
        for j in range(y.shape[1]):
            if 0 < y[here, j].sum() < len(here):
                out[:, j] = LogisticRegression(C=10, class_weight="balanced").fit(x, y[here, j]).predict_proba(z)[:, 1]
        return out

    held = np.zeros((len(rows), y.shape[1]))
    for k in range(5):
        mine = np.arange(len(rows)) % 5 == k
        held[mine] = scores(rows[~mine], rows[mine])
    bars = np.unique(held.round(3))
    best = max(bars, key=lambda b: f1(held >= b, y[rows])[0])
    made = scores(rows, others)
    return made, made >= best


def f1(given: Any, y: Any) -> tuple[float, float]:
    """Micro-F1 and macro-F1."""
    hit, all_of = (given * y).sum(0), given.sum(0) + y.sum(0)
    return float(2 * hit.sum() / max(1, all_of.sum())), float((2 * hit / np.maximum(1, all_of)).mean())


def k_best(chance: Any, y: Any) -> float:
    """The share of wanted labels among the k best of a unit, k the number it wants."""
    order = np.argsort(-chance, axis=1, kind="stable")
    return float(sum(y[i, order[i, : int(n)]].sum() for i, n in enumerate(y.sum(1))) / y.sum())


def line(name: str, figures: list[tuple[float, float, float]]) -> None:
    low, mean, high = (fn(np.array(figures), axis=0) for fn in (np.min, np.mean, np.max))
    cells = [f"{m:.3f} [{a:.3f}, {b:.3f}]" for a, m, b in zip(low, mean, high, strict=True)]
    print(f"  {name:<34} {'  '.join(cells)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=list(DEFINITIONS))
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--taught", type=int, default=100)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder that holds the sets")
    args = parser.parse_args()
    for name in args.sets:
        texts, labels, y = read(args.data, name)
        print(f"{name}: {len(texts)} units, {len(labels)} labels, {y.sum(1).mean():.2f} a unit")
        print(f"  mean of {args.draws} draws [least, most]")
        print(f"  {'':<34} {'micro-F1':<22}{'macro-F1':<22}{'best'}")
        chance, given = heard(HearingTagger(book(name, labels), folder=args.model), texts)
        results: dict[str, list[tuple[float, float, float]]] = {"definitions alone": [], f"TF-IDF taught {args.taught}": []}
        for seed in range(args.draws):
            order = np.random.default_rng(seed).permutation(len(texts))
            rows, others = order[: args.taught], order[args.taught :]
            results["definitions alone"].append((*f1(given[others], y[others]), k_best(chance[others], y[others])))
            made = taught(texts, y, rows, others)
            results[f"TF-IDF taught {args.taught}"].append((*f1(made[1], y[others]), k_best(made[0], y[others])))
        for seed in range(min(3, args.draws)):  # a few coded examples a code
            order = np.random.default_rng(seed).permutation(len(texts))
            rows, others = order[: args.taught], order[args.taught :]
            shown = {c: [texts[i] for i in rows if y[i, j]][:5] for j, c in enumerate(labels)}
            some = heard(HearingTagger(book(name, labels, shown), folder=args.model), [texts[i] for i in others])
            key = "definitions and up to 5 examples"
            results.setdefault(key, []).append((*f1(some[1], y[others]), k_best(some[0], y[others])))
        for key, figures in results.items():
            line(key, figures)


if __name__ == "__main__":
    main()
