"""What the privacy gate finds, as a value."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SURE", "Finding", "Group", "Hit"]

SURE = 0.8  # from this score on an identifier is replaced at once; under it a person decides


@dataclass(frozen=True, slots=True)
class Hit:
    """A span that one detector claims in one text; `start` and `end` count code points."""

    start: int
    end: int
    kind: str
    detector: str
    score: float
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where something may name or endanger somebody. It holds the address, never the words.

    Attributes:
        ref: the unit (`LS-Y04#12`), or `LS-Y04` for a header field, document property or file name.
        start, end: code points within the unit's text; for labels and headers within that value.
        kind: person, place, org, phone, email, handle, id, date, address, url, other, disclosure.
        tier: for disclosures now, possible or general; else None.
        detector: name and version of the layer that found it (`patterns@3`).
        score: how sure, 0 to 1; from 0.8 on it is replaced without asking.
        status: open, noted (general talk, not held), accepted (a person said it is harmless), replaced, removed.
        placeholder: what stands in its place after `apply()`.
        where: text, speaker, file or the name of a header field.
        group: opaque address of all places of the same word.
    """

    ref: str
    start: int
    end: int
    kind: str
    tier: str | None
    detector: str
    score: float
    status: str
    placeholder: str
    where: str = "text"
    group: str = ""

    @property
    def sure(self) -> bool:
        """Whether it is replaced without a person's decision; what stands on the organisation's roster never is."""
        return self.kind != "disclosure" and self.score >= SURE and not self.detector.startswith("roster")


@dataclass(frozen=True, slots=True)
class Group:
    """All places of one distinct word, for one decision: an opaque `id`, how many places, where, and how sure."""

    id: str
    kind: str
    tier: str | None
    count: int
    refs: tuple[str, ...]
    score: float
    status: str
