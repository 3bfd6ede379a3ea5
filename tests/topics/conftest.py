from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn

GOLD = Path(__file__).parents[2] / "corpora" / "gold"

BUS = [
    "The bus came an hour late and I missed my appointment", "No bus runs after nine so I walk home",
    "I took two buses and a train to reach the clinic", "The bus stop has no light and no bench",
    "My bus pass ran out before the month did", "Drivers skip our stop when they see the wheelchair",
    "Transfer passes expire before the second bus comes", "We wait for the bus in the rain with the stroller",
]  # fmt: skip
RENT = [
    "Rent went up three hundred dollars in one summer", "The landlord kept our deposit and the rent money",
    "We were evicted with two children and a dog", "Five of us sleep in one room because rent is so high",
    "The landlord never fixed the mold in the apartment", "Our lease ended and nobody takes the voucher",
    "Housing vouchers are useless when landlords say no", "They want first rent, last rent and a deposit",
]  # fmt: skip
FOOD = [
    "The pantry gave us beans and no diapers", "Food stamps run out in the third week",
    "My kids eat lunch at school and nothing at dinner", "The food bank line starts at five in the morning",
    "We skip dinner so that the baby has formula", "Hot food cannot be bought with the card",
    "The pantry closed and the next food bank is far", "Free lunch in summer kept us fed",
]  # fmt: skip


@pytest.fixture
def texts() -> list[str]:
    return [t for row in zip(BUS, RENT, FOOD, strict=True) for t in row]


@pytest.fixture(name="bus")
def _bus() -> list[str]:
    return list(BUS)


@pytest.fixture(name="food")
def _food() -> list[str]:
    return list(FOOD)


@pytest.fixture(name="new_session")
def _new_session() -> Callable[..., Session]:
    return session


def session(name: str, lines: list[str], audience: str = "youth", language: str = "en") -> Session:
    turns = tuple(Turn(i, t, Speaker(f"P{i}"), language=language) for i, t in enumerate(lines))
    return Session(name, turns, audience=audience)


@pytest.fixture
def corpus() -> Corpus:
    mixed = [t for row in zip(BUS, RENT, FOOD, strict=True) for t in row]
    third = len(mixed) // 3
    parts = [mixed[:third], mixed[third : 2 * third], mixed[2 * third :]]
    names = (("A1", "youth"), ("B1", "family"), ("C1", "stakeholder"))
    return Corpus(tuple(session(n, [*p, "yeah", "same"], a) for (n, a), p in zip(names, parts, strict=True)))


@pytest.fixture(scope="session")
def gold() -> Corpus:
    by: dict[str, list[dict[str, object]]] = {}
    for line in (GOLD / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        by.setdefault(row["session"], []).append(row)
    return Corpus(tuple(
        Session(name, tuple(
            Turn(r["i"], r["text"], Speaker(r["speaker"], r["role"]), r["kind"], r["lang"]) for r in rows
        ), audience=rows[0]["audience"])
        for name, rows in by.items()
    ))  # fmt: skip


@pytest.fixture
def coded(gold: Corpus) -> Callable[[str], Codings]:
    def codings(coder: str) -> Codings:
        rows = [json.loads(x) for x in (GOLD / f"codes_{coder}.jsonl").read_text(encoding="utf-8").splitlines()]
        found = tuple(Coding(f"{r['session']}#{r['i']}", c, f"human:{coder}") for r in rows for c in r["codes"])
        return Codings(found, gold, Codebook.load(GOLD.parent / "codebook.yaml"))

    return codings
