"""Code and Codebook: what is looked for, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from feedback.errors import CodebookError

Texts = Mapping[str, tuple[str, ...]]  # language -> phrases


def _nothing() -> Any:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A sentence that looks like a code and is another's, or nobody's."""

    text: str
    code: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """One code, in the MacQueen form (definition, include, exclude, examples), with triggers and near-misses.

    Attributes:
        id: stable identifier (`transportation`). name: what people read. parent: id of the group or code above, or None.
        names: the name in other languages.
        triggers: phrases of the mini-language, by language. block: longer phrases that cancel a trigger inside them.
        maps: names of vocabularies to entries, the first the primary one (`{"plan": ("P3",), ...}`).
        sensitivity: standard, sensitive or restricted. status: accepted, proposed or retired.
        statements: the need in one plain sentence, by language; drafts that people edit.
        report_as: wording to use in what the tool writes, where it differs from the name. memo: the coders' notes.
    """

    id: str
    name: str
    parent: str | None = None
    definition: str = ""
    include: str = ""
    exclude: str = ""
    names: Mapping[str, str] = field(default_factory=_nothing)
    triggers: Texts = field(default_factory=_nothing)
    block: tuple[str, ...] = ()
    examples: Texts = field(default_factory=_nothing)
    near_misses: tuple[NearMiss, ...] = ()
    maps: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    sensitivity: str = "standard"
    status: str = "accepted"
    memo: str = ""
    report_as: str = ""
    statements: Mapping[str, str] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Codebook:
    """Codes in order, the groups and vocabularies around them, and the language rules a file may carry.

    `rules` holds the file's other top-level sections as plain values, for whoever owns them: `discourse`,
    `need_polarity`, `voice`, `disclosure_screen`, `identifiers`, `wording`, `shorthand`, `tests`, `meta`.
    """

    codes: tuple[Code, ...] = ()
    groups: Mapping[str, str] = field(default_factory=_nothing)
    vocabularies: Mapping[str, Mapping[str, str]] = field(default_factory=_nothing)
    rules: Mapping[str, Any] = field(default_factory=_nothing)
    name: str = ""
    version: str = ""

    @classmethod
    def load(cls, path: str | Path) -> Codebook:
        """Read a codebook from YAML or CSV; raises CodebookError with every problem and its line."""
        from feedback.codebook import _files

        return _files.load(Path(path))

    def save(self, path: str | Path) -> Path:
        """Write the codebook as YAML or CSV, by suffix."""
        from feedback.codebook import _files

        return _files.save(self, Path(path))

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __contains__(self, code: object) -> bool:
        return any(c.id == code for c in self.codes)

    def __getitem__(self, code: str) -> Code:
        for c in self.codes:
            if c.id == code:
                return c
        raise CodebookError(
            f"there is no code {code!r} in this codebook; there are: {', '.join(c.id for c in self.codes)}"
        )

    def add(self, *codes: Code) -> Codebook:
        """Return a codebook with these codes added, or put in the place of codes with the same id."""
        new = {c.id: c for c in codes}
        kept = tuple(new.pop(c.id, c) for c in self.codes)
        return replace(self, codes=kept + tuple(new.values()))
