"""Small values that the exchange tests share, and a way to write other programs' files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback.codebook import Code, Codebook, Coding, Codings, Discourse, NearMiss
from feedback.corpus import Corpus, Session, Speaker, Turn

NS = "urn:QDA-XML:project:1.0"


@pytest.fixture
def book() -> Codebook:
    """Two groups, one of them empty, a code inside a code, and one outside all groups."""
    return Codebook(
        (
            Code(
                "transportation", "Getting there", "access", definition="Ways to get there.\n\nInclude: looks like a label\n\\x",
                include="buses, rides", exclude="school buses", names={"es": "Transporte"},
                triggers={"en": ("bus*", "[ride|rides] to")}, block=("bus boy",),
                examples={"en": ("It is three buses.",), "es": ("Son tres camiones.", "Dos líneas\nde texto")},
                near_misses=(NearMiss("He is a busboy.", None, "work"),), maps={"plan": ("P3",)}, memo="ask Ana\n",
            ),
            Code("housing", "Housing", None, sensitivity="sensitive"),
            Code("night_buses", "Buses at night", "transportation", status="proposed", report_as="late buses"),
        ),
        {"access": "Access to services", "empty": "Nothing yet"}, name="tiny", version="0.2",
    )  # fmt: skip


@pytest.fixture
def corpus() -> Corpus:
    turns = (
        Turn(0, "What makes it hard?", Speaker("Facilitator", "facilitator"), "prompt"),
        Turn(
            1, "It is three buses 🚌 each way, más o menos.", Speaker("P1"), language="mixed", verbatim=True, prompt=0
        ),
        Turn(2, "", Speaker("P2"), withheld="names a person"),
        Turn(3, "There is no safe house at night.", Speaker("P3"), start=1.5, end=2.25, agreement=3, parking_lot=True),
        Turn(4, "same"),
    )
    youth = Session("LS-Y1", turns, month="2025-03", audience="youth", languages=("en", "es"), participants=8, spa=6,
                    recorded=False, quote_consent="review", file="LS-Y1_notes.docx", format="docx")  # fmt: skip
    return Corpus((youth, Session("LS-F1", (Turn(0, "The bus is late."),), audience="family")))


@pytest.fixture
def codings(corpus: Corpus, book: Codebook) -> Codings:
    values = (
        Coding("LS-F1#0", "transportation", "rules@1", evidence=((4, 7),), category="barrier", polarity="need"),
        Coding(
            "LS-Y1#1", "transportation", "human:ab", evidence=((6, 17), (24, 32)), category="barrier", why="rule: bus"
        ),
        Coding(
            "LS-Y1#1", "transportation", "rules@1", 0.85, evidence=((12, 17),), about="self", why="category: looks odd"
        ),
        Coding("LS-Y1#3", "housing", "human:ab"),
        Coding("LS-Y1#3", "night_buses", "model@1", 0.1 + 0.2, evidence=((0, 32),)),
        Coding("LS-Y1#4", "housing", "human:cd", evidence=((0, 4),)),
    )
    said = {"LS-Y1#1": Discourse("barrier", "need", "self"), "LS-Y1#4": Discourse("need")}
    return Codings(values, corpus, book, said, unscreened="invented words of a test")


@pytest.fixture
def qdpx(tmp_path: Path) -> Callable[..., Path]:
    """Write a .qdpx as another program would: the inside of `Project`, and members by name."""

    def write(
        body: str, members: dict[str, bytes] | None = None, *, name: str = "project.qde", origin: str = "X"
    ) -> Path:
        path = tmp_path / "other.qdpx"
        xml = f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{NS}" name="p" origin="{origin}">{body}</Project>'
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, xml.encode())
            for member, content in (members or {}).items():
                archive.writestr(member, content)
        return path

    return write
