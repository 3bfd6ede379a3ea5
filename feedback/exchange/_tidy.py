"""Tidy tables: one CSV a noun, formulas defused, and a report of what they leave out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.codebook import Coding, Codings
from feedback.corpus import Corpus
from feedback.errors import NotInstalled, Problem, TableError
from feedback.exchange._jsonl import read_jsonl
from feedback.exchange._losses import NAME, Loss, Losses
from feedback.exchange._memos import Memo
from feedback.exchange._qdc import write_qdc
from feedback.exchange._write import write_qdpx

if TYPE_CHECKING:
    import pandas as pd

    from feedback.findings import Themes

BLOCK = 20_000  # rows that are made in one go
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Exported(tuple[Path, ...]):
    """The paths written, the report last; `losses` is what they leave out."""

    losses: Losses

    def __new__(cls, paths: Iterable[Path], losses: Losses) -> Exported:
        """Keep the paths and their report together."""
        made = super().__new__(cls, paths)
        made.losses = losses
        return made


def export(codings: Codings, themes: Themes, folder: Path, *, memos: Iterable[Memo] = ()) -> Exported:
    """Write a project for other tools, by suffix, with `LOSSES.md`; returns the paths written.

    A folder gets tidy CSV tables: sessions, units, codes, codings, a 0/1 matrix and themes; a folder named `.parquet`
    the same as Parquet; `.qdpx` a REFI-QDA project; `.qdc` the codebook alone. Only what passed the gate is written;
    the counts in `themes` go through the suppression engine, the other tables can be counted by whoever holds them.

    Raises:
        NotInstalled: Parquet needs pyarrow (`pip install feedback[parquet]`).
    """
    kind = folder.suffix.lower()
    if kind in (".qdpx", ".qdc"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        losses = write_qdpx(codings, folder, memos=memos) if kind == ".qdpx" else write_qdc(codings.codebook, folder)
        return Exported([folder, losses.beside(folder)], losses)
    if kind == ".parquet":
        _need_pyarrow()
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, blocks in _tables(codings, themes).items():
        paths.append(folder / f"{name}{kind if kind == '.parquet' else '.csv'}")
        (write_parquet if kind == ".parquet" else write_csv)(paths[-1], blocks)
    losses = _losses(codings, folder.name, memos=len(tuple(memos)))
    report = folder / NAME
    report.write_text(str(losses), encoding="utf-8", newline="\n")
    return Exported([*paths, report], losses)


def _tables(codings: Codings, themes: Themes) -> dict[str, Iterator[pd.DataFrame]]:
    """Tables by name, each as blocks of rows, so that a million units need no more memory than a thousand."""
    return {
        "sessions": iter([codings.corpus.sessions()]), "units": (_units(b) for b in _blocks(codings.corpus)),
        "codes": iter([_codes(codings)]), "codings": _laid(codings), "matrix": _matrix(codings), "themes": iter([themes.frame()]),
    }  # fmt: skip


def _need_pyarrow() -> None:
    try:
        import_module("pyarrow")
    except ImportError:
        raise NotInstalled(
            "Parquet tables need pyarrow, which is not installed: run `pip install feedback[parquet]`, or export to a "
            "folder whose name does not end in .parquet to get CSV."
        ) from None


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Make lists of tuples, which Parquet keeps as such."""
    out = table.copy()
    for name in out.columns:
        if out[name].dtype.kind not in "biuf" and any(isinstance(v, tuple) for v in out[name]):
            lists: Any = [
                [list(x) if isinstance(x, tuple) else x for x in v] if isinstance(v, tuple) else v for v in out[name]
            ]
            out[name] = lists
    return out


def safe(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    out = table.copy()
    for name in out.columns:
        if out[name].dtype.kind not in "biuf":
            out[name] = [f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for v in out[name]]
    return out


def write_csv(path: Path, blocks: Iterable[pd.DataFrame]) -> None:
    """Write blocks of one table, formulas defused, one under the other."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for n, block in enumerate(blocks):
            safe(block).to_csv(file, index=False, header=n == 0, lineterminator="\n")


def write_parquet(path: Path, blocks: Iterable[pd.DataFrame]) -> None:
    """Write blocks of one table as its row groups; columns are typed by the first block, those it says nothing in as texts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    several = iter(blocks)
    first = pa.Table.from_pandas(_plain(next(several)), preserve_index=False)
    spans = pa.list_(pa.list_(pa.int64()))
    types = [spans if f.name == "evidence" else pa.string() if pa.types.is_null(f.type) else f.type for f in first.schema]
    schema = pa.schema(
        [pa.field(f.name, t) for f, t in zip(first.schema, types, strict=True)], metadata=first.schema.metadata
    )
    with pq.ParquetWriter(path, schema) as writer:
        writer.write_table(first.cast(schema))
        for block in several:
            writer.write_table(pa.Table.from_pandas(_plain(block), schema=schema, preserve_index=False))


def read_codings(path: Path, *, coder: str) -> tuple[list[Coding], list[str]]:
    """Read a person's codings from CSV (columns ref, code; optional category, polarity, about, memo) or JSON lines.

    Returns the codings and, as a second value, the rows that could not be used and why (row numbers, no words).

    Raises:
        TableError: the file has no columns `ref` and `code`, or is not text.
    """
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return read_jsonl(path, coder=coder)
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (UnicodeDecodeError, OSError, csv.Error) as err:
        raise TableError(
            [Problem(path.name, "", f"cannot be read ({type(err).__name__}).", "Save it as CSV UTF-8.")]
        ) from None
    if not rows or not {"ref", "code"} <= set(rows[0]):
        raise TableError(
            [
                Problem(
                    path.name,
                    "row 1",
                    "the columns `ref` and `code` are missing.",
                    "Start from codings.csv of an export.",
                )
            ]
        )
    codings, left_out = [], []
    for number, row in enumerate(rows, start=2):
        if not (row["ref"] or "").strip() or not (row["code"] or "").strip():
            left_out.append(f"row {number}: ref or code is empty")
            continue
        said = {k: (row.get(k) or "").strip() for k in ("category", "polarity", "about", "memo")}
        codings.append(
            Coding(
                row["ref"].strip(),
                row["code"].strip(),
                f"human:{coder}",
                category=said["category"] or "other",
                polarity=said["polarity"] or "none",
                about=said["about"] or "none",
                why=said["memo"],
            )
        )
    return codings, left_out


def _codes(codings: Codings) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (c.id, c.name, c.parent, c.definition, c.include, c.exclude, c.sensitivity, c.status) for c in codings.codebook
    ]
    return pd.DataFrame(
        rows, columns=["code", "name", "parent", "definition", "include", "exclude", "sensitivity", "status"]
    )


def _matrix(codings: Codings) -> Iterator[pd.DataFrame]:
    """Yield units that may be coded, 1 where a code lies on them."""
    import pandas as pd

    codes = [c.id for c in codings.codebook]
    of_session = getattr(codings.values, "of_session", None)
    found = {} if of_session else codings.by_ref()
    for block in _blocks(codings.corpus):
        if of_session:
            found = replace(codings, values=tuple(c for s in block for c in of_session(s.id))).by_ref()
        units = _units(block)
        refs = units.loc[units["role"].isin(["participant", "interpreter"]), "ref"]
        laid = [(ref, {c.code for c in found.get(ref, ())}) for ref in refs]
        yield pd.DataFrame([[ref, *(int(code in on) for code in codes)] for ref, on in laid], columns=["ref", *codes])


def _blocks(corpus: Corpus) -> Iterator[Corpus]:
    """Cut into blocks of sessions; one empty block where there are none, for the head of the table."""
    yield from corpus.blocks(BLOCK) if corpus.values else [corpus]


def _units(block: Corpus) -> pd.DataFrame:
    units = block.frame()
    return units[units["withheld"].isna()].drop(columns="withheld")


def _laid(codings: Codings) -> Iterator[pd.DataFrame]:
    """Yield the codings of units that are not held, in their order."""
    values = iter(codings.values)
    while True:
        block = tuple(islice(values, BLOCK))
        yield replace(codings, values=tuple(c for c in block if codings.corpus.resolve(c.ref).turn.withheld is None)).frame()
        if len(block) < BLOCK:
            return


def _losses(codings: Codings, file: str, *, memos: int) -> Losses:
    corpus, book = codings.corpus, codings.codebook
    held = sum(t.withheld is not None for s in corpus for t in s.turns)
    units = sum(len(s.turns) for s in corpus) - held
    lost = (
        Loss(held, "units held by the privacy gate."),
        Loss(sum(bool(c.triggers or c.near_misses or c.maps) for c in book),
             "codes whose triggers, near-misses and maps are not in `codes`.", "Keep the YAML file."),
        Loss(memos, "memos (a .qdpx keeps them)."),
        Loss(len(corpus.problems), "files that could not be read in the first place."),
    )  # fmt: skip
    kept = (f"{len(corpus)} sessions, {units} units, {len(book)} codes, {len(codings)} codings",)
    notes = (
        "Evidence is given as (start, end) pairs of code points within the unit's text.",
        "Subgroup figures that could point to a person are suppressed in `themes`; whoever holds `units` and `codings` can "
        "count anew, so these two are for the people who do the analysis.",
    )  # fmt: skip
    return Losses(file, "export", kept, lost, notes)
