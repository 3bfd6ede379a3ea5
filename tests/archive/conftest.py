"""Small parts, so that an archive of a few files has several, and the demo's codebook."""

from __future__ import annotations

from pathlib import Path

import pytest

import feedback
from feedback.archive import _inputs

DEMO = Path(__file__).parents[2] / "corpora" / "demo"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_inputs, "BYTES", 10_000)
    monkeypatch.setattr(_inputs, "LEAST", 20)
    monkeypatch.setattr(_inputs, "MOST", 60)


@pytest.fixture
def book() -> feedback.Codebook:
    return feedback.Codebook.load(DEMO / "codebook.yaml")
