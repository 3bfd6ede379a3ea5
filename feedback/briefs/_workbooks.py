"""Sheets that people fill in and bring back: sentences to sign, decisions, quotes, answers, the session matrix."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from feedback.corpus import Corpus
from feedback.errors import FeedbackError, Problem, TableError
from feedback.findings import Matrix, pick, read_table
from feedback.plan import DECISIONS, Needs, propose

SHEETS = ("needs", "statements", "decisions", "quotes", "answers", "matrix")
MISSED = "missed"
Rows = list[tuple[int, dict[str, str]]]
Cells = Sequence[Sequence[str | int | None]]
_HINTS = {
    "needs": "Which of these are one need? Write the other's name into `join with` (several by ;), or alone to part them again; say "
             "who, when (YYYY-MM-DD) and why. A joined need counts a session once. Proposals by rule; nothing is joined until you say so.",
    "statements": "Edit the sentence, then sign it: by (your name) and on (YYYY-MM-DD). Rows without a name stay drafts.",
    "decisions": "White columns are evidence. Fill in the four decision columns in your own scale; say who, when and why.",
    "quotes": "Write approved or refused and sign. Never change a quote. A translation names its translator.",
    "answers": "How many people marked yes, partly and no on each point of the page that went back to them.",
    "matrix": "A working paper: it holds participants' words, session by session, and is not to be passed on. Passages on "
              "restricted topics are left out, whatever else they name. One line per row of a cell; keep the address in ⟨⟩ where words stay as they were said.",
}  # fmt: skip


def sheet(kind: str, needs: Needs, *, matrix: Matrix | None = None) -> bytes:
    """Return a workbook to fill in; `kind` is one of `SHEETS`, the matrix brings its own cells. The same needs, the same bytes."""
    if kind not in SHEETS or (kind == "matrix") != (matrix is not None):
        raise FeedbackError(f"a sheet is one of {', '.join(SHEETS)}, not {kind!r}")
    if needs.themes.private:
        raise FeedbackError("these themes are a private view without suppression; no sheet is made from them")
    if matrix is not None:
        head: Sequence[str] = ("session", *(f"{name} [{ident}]" for ident, name in matrix.domains))
        frame = matrix.frame()
        return _book(kind, head, [[str(v) for v in row] for row in frame.itertuples(index=False)], fill=len(head))
    makers = {"needs": _needs, "statements": _statements, "decisions": _decisions, "quotes": _quotes, "answers": _answers}
    head, rows, fill = makers[kind](needs)
    return _book(kind, head, rows, fill=fill)


def read_sheet(path: str | Path) -> tuple[str, Rows]:
    """Return what a filled sheet is and its rows (row, column -> words); .xlsx as written by `sheet`, or .csv with its columns.

    Raises TableError where it is neither.
    """
    source = Path(path)
    if source.suffix.lower() == ".csv":
        rows = read_table(source)
        return _kind_of(set(rows[0][1]) if rows else set(), source.name), rows
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.read_bytes()))
        name = book.sheet_names[0]
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except OSError as err:
        what = f"cannot be opened ({err.strerror})."
        raise TableError([Problem(source.name, "", what, "Check the name.")]) from None
    except (python_calamine.CalamineError, IndexError, ValueError):
        raise TableError([Problem(source.name, "", "is no workbook.", "Save it as .xlsx or .csv.")]) from None
    start = next((i for i, row in enumerate(cells) if row and str(row[0]).strip().casefold() in ("need", "session")), None)
    if start is None:
        raise TableError([Problem(source.name, "", "has no row that names the columns.", "Start from `feedback sheet`.")])
    head = [str(c).strip() for c in cells[start]]
    out: Rows = []
    for number, row in enumerate(cells[start + 1 :], start=start + 2):
        words = {h: _text(row[i]) if i < len(row) else "" for i, h in enumerate(head) if h}
        if any(words.values()):
            out.append((number, words))
    return name if name in SHEETS else _kind_of(set(head), source.name), out


def matrix_cells(rows: Rows, matrix: Matrix, *, name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Cells of a filled matrix as lines; raises TableError for sessions and domains nobody knows."""
    known, problems = {ident for ident, _ in matrix.domains}, list[Problem]()
    out: dict[tuple[str, str], tuple[str, ...]] = {}
    for number, row in rows:
        session = row.get("session", "")
        if session not in matrix.sessions:
            problems.append(Problem(name, f"row {number}", "names a session that is not in this project."))
            continue
        for head, text in row.items():
            ident = head.rpartition("[")[2].removesuffix("]")
            if head == "session":
                continue
            if ident not in known:
                problems.append(Problem(name, f"row {number}", "has a column that is no domain of the codebook."))
                break
            out[session, ident] = tuple(line.strip() for line in text.splitlines() if line.strip())
    if problems:
        raise TableError(problems)
    return out


def answers_in(path: str | Path, needs: Needs) -> Rows:
    """Marks on one report-back page that came back as Word: one person's answers, as rows of need, yes, partly, no.

    A row counts where exactly one of its boxes is marked. What people wrote in is not read: it is notes, for `feedback add`.
    Raises TableError where it is no such page.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    source = Path(path)
    try:
        document = docx.Document(io.BytesIO(source.read_bytes()))
    except (PackageNotFoundError, KeyError, ValueError):
        raise TableError([Problem(source.name, "", "is no Word document.", "Save it as .docx.")]) from None
    said = {" ".join(n.said(language).split()): n.id for n in needs for language in ("en", "es")}
    out: Rows = []
    for table in document.tables:
        for number, row in enumerate(table.rows, start=1):
            need = said.get(" ".join(row.cells[0].text.split()))
            marks = _marks(row.cells[-1].text)
            if need and sum(marks) == 1:
                out.append((number, {"need": need, **{k: str(int(m)) for k, m in zip(("yes", "partly", "no"), marks, strict=True)}}))
    if not any(" ".join(r.cells[0].text.split()) in said for t in document.tables for r in t.rows):
        raise TableError([Problem(source.name, "", "is no page that went back to participants.", "Use the report-back as saved.")])
    return out


def offered(needs: Needs, *, each: int = 5) -> list[tuple[str, Any]]:
    """Quotes to sign, for every recurring need: (need, quote)."""
    out = []
    for need in needs:
        out += [(need.id, q) for q in pick(needs.themes, need.id, k=each, on=needs.beside.on, reviewed=needs.beside.refs("approved"))]
    return out


def words_of(corpus: Corpus, rows: Rows) -> dict[str, str]:
    """Address -> words, for the addresses in these rows that name units that passed the gate."""
    out = {}
    for _, row in rows:
        ref = row.get("ref", "")
        try:
            segment = corpus.resolve(ref)
        except (FeedbackError, ValueError):
            continue
        if segment.turn.withheld is None and segment.turn.role == "participant":
            out[ref] = corpus.text_of(ref)
    return out


def _marks(text: str) -> tuple[bool, bool, bool]:
    """Which of the three boxes are marked: ☒, ☑, ✓ or x in place of ☐."""
    boxes = [ch for ch in text if ch in "☐☒☑✓✔xX✗✘"]
    marked = [ch != "☐" for ch in boxes if ch in "☐☒☑✓✔✗✘" or ch in "xX"]
    return (marked[0], marked[1], marked[2]) if len(marked) == 3 else (False, False, False)


def _kind_of(head: set[str], name: str) -> str:
    low = {h.casefold() for h in head}
    for kind, columns in (
        ("needs", {"need", "join with", "by", "on"}), ("quotes", {"ref", "decision"}), ("decisions", {"need", *DECISIONS}), ("statements", {"need", "statement", "by", "on"}),
        ("answers", {"need", "yes", "partly", "no"}),
    ):  # fmt: skip
        if columns <= low:
            return kind
    raise TableError([Problem(name, "", "is none of the sheets.", f"They are: {', '.join(SHEETS)}.")])


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    return "" if value is None else str(value).strip()


def _needs(needs: Needs) -> tuple[Sequence[str], Cells, int]:
    head = ("need", "name", "heard in", "of", "plan_area", "strategy", "proposed with", "because", "join with", "by", "on", "why")
    near = {c: p for p in propose(needs.themes, needs.plan) for c in p.codes}
    rows: list[list[str | int | None]] = []
    for n in (*needs, *needs.appendix):
        found, name = near.get(n.id), needs.themes[n.id].code.name
        others = "; ".join(c for c in found.codes if c != n.id) if found else ""
        signed = ["; ".join(n.join.codes[1:]), n.join.by, n.join.on, n.join.why] if n.join else ["", "", "", ""]
        rows.append([
            n.join.codes[0] if n.join else n.id, name, n.sessions, n.base, " ".join(n.area) if n.area else "",
            "; ".join(f"{s.id} {s.name}" for s in n.strategies), others, "; ".join(found.reasons) if found else "", *signed,
        ])  # fmt: skip
    return head, rows, 4


def _statements(needs: Needs) -> tuple[Sequence[str], Cells, int]:
    head = ("need", "heard in", "of", "language", "statement", "by", "on")
    rows = []
    for n in needs:
        for language in ("en", "es"):
            own = needs.beside.statement(n.id, language)
            rows.append([n.id, n.sessions, n.base, language, n.said(language), own.by if own else "", own.on if own else ""])
    return head, rows, 3


def _decisions(needs: Needs) -> tuple[Sequence[str], Cells, int]:
    evidence = ("need", "statement", "sessions", "base", "prompted", "unasked", "band", "audiences", "recurring", "stands_without",
                "plan_area", "strategy", "status")  # fmt: skip
    rows = []
    for n in (*needs, *needs.appendix):
        own = needs.beside.decision(n.id)
        decided = [getattr(own, c) if own else "" for c in (*DECISIONS, "by", "on", "why")]
        rows.append([
            n.id, n.statement, n.sessions, n.base, n.prompted, n.unasked, n.band,
            "; ".join(f"{a}: {b}" for a, b in n.audiences), "yes" if n.recurring else "no", {True: "yes", False: "no", None: "not shown"}[n.stands_without],
            " ".join(n.area) if n.area else "", "; ".join(f"{s.id} {s.name}" for s in n.strategies), n.status, *decided,
        ])  # fmt: skip
    return (*evidence, *DECISIONS, "by", "on", "why"), rows, 7


def _quotes(needs: Needs) -> tuple[Sequence[str], Cells, int]:
    head = ("need", "ref", "quote", "label", "language", "status", "decision", "by", "on", "why", "translation", "translator")
    rows = []
    for need, q in offered(needs):
        own = needs.beside.signed(q.ref)
        signed = [own.decision, own.by, own.on, own.why, own.translation, own.translator] if own else [""] * 6
        rows.append([need, q.ref, q.text, q.label, q.language or "", q.status, *signed])
    return head, rows, 6


def _answers(needs: Needs) -> tuple[Sequence[str], Cells, int]:
    rows: list[list[str | int | None]] = [[n.id, n.statement, n.said("es"), "", "", ""] for n in needs]
    return ("need", "statement", "in Spanish", "yes", "partly", "no"), [*rows, [MISSED, "People who wrote what was missed", "", "", "", ""]], 3


def _book(kind: str, head: Sequence[str], rows: Cells, *, fill: int) -> bytes:
    """One sheet named after its kind; the last `fill` columns are tinted, to be filled in."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": kind, "author": "feedback", "created": datetime(2000, 1, 1)})
    top = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    tint = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFF8E1", "border": 1, "border_color": "#D0D7DE"})
    page = book.add_worksheet(kind)
    page.write_string(0, 0, _HINTS[kind], book.add_format({"italic": True}))
    for column, name in enumerate(head):
        page.write_string(2, column, name, top)
        long = kind == "matrix" or name in ("statement", "quote", "name", "because", "why", "translation", "in Spanish", "strategy", "plan_area")
        page.set_column(column, column, 38 if long and column else 16)
    for number, row in enumerate(rows, start=3):
        for column, value in enumerate(row):
            style = tint if column >= len(head) - fill else plain
            if isinstance(value, int):
                page.write_number(number, column, value, style)
            else:
                page.write_string(number, column, "" if value is None else value, style)
    page.freeze_panes(3, 1)
    page.set_landscape()
    book.close()
    return buffer.getvalue()
