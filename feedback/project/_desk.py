"""Sheets out and back in: sentences to sign, decisions, quotes, answers, the session matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError
from feedback.project._plan import Planner

if TYPE_CHECKING:
    from feedback.findings import Coverage, Matrix, Rounds
    from feedback.plan import Join, Needs, Proposal


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


class Desk(Planner):
    """What people fill in outside the program, and what they brought to set beside the findings."""

    def sheet(self, kind: str, out: str | Path) -> Path:
        """Write a workbook to fill in: needs, statements, decisions, quotes, answers or matrix; logged."""
        from feedback.briefs import sheet, write_whole

        made = sheet(kind, self.crosswalk_or_none(), matrix=self.matrix if kind == "matrix" else None)
        path = write_whole(Path(out), made)
        self._store.log("sheet", {"file": self._file_name(path, "sheet"), "kind": kind})
        return path

    def take_sheet(self, file: str | Path, *, by: str = "") -> tuple[str, int]:
        """Read a filled sheet (or a report-back page in Word) back in; return what it was and how many rows counted.

        Nothing is taken where one row is wrong. `by` signs edited lines of the matrix. Raises TableError.
        """
        import feedback.briefs as briefs
        import feedback.plan as plan

        path = Path(file)
        if by.strip():
            by, _ = self._named(by)
        needs = self.crosswalk_or_none()
        known = {n.id for n in (*needs, *needs.appendix)}
        if path.suffix.lower() == ".docx":
            rows = briefs.answers_in(path, needs)
            return "answers", self._answers(rows, known, path.name)
        kind, rows = briefs.read_sheet(path)
        for signed_by in {r[c].strip() for _, r in rows for c in ("by", "translator") if r.get(c, "").strip()}:
            self._named(signed_by)
        if kind == "needs":
            joins = plan.joins_from(rows, themes=needs.themes, name=path.name)
            self._nameless([(n, r["why"]) for n, r in rows if r.get("why")], path.name)
            held = {c for j in self.joins for c in j.codes}
            new = [j for j in joins if j not in self.joins and (len(j.codes) > 1 or j.codes[0] in held)]
            if new:
                self._decide(new)
            return kind, len(new)
        if kind == "answers":
            return kind, self._answers(rows, known, path.name)
        if kind == "matrix":
            return kind, self._matrix(rows, by, path.name)
        if kind == "statements":
            signed: tuple[Any, ...] = plan.statements_from(rows, codebook=self.codebook, known=known, name=path.name)
            self._nameless([(n, r["statement"]) for n, r in rows if r.get("by")], path.name)
        elif kind == "decisions":
            signed = plan.decisions_from(rows, known=known, name=path.name)
            typed = ("why", "severity", "feasibility", "equity", "priority")
            self._nameless([(n, r[c]) for n, r in rows for c in typed if r.get(c)], path.name)
        else:
            signed = plan.quotes_from(rows, offered=briefs.words_of(self.corpus, rows), name=path.name)
            self._nameless([(n, r[c]) for n, r in rows for c in ("translation", "why") if r.get(c)], path.name)
        return kind, self._add(kind, signed)

    @property
    def matrix(self) -> Matrix:
        """The session matrix: as people left it where they edited it, else as the codings lay it out."""
        from feedback.findings import matrix

        made = matrix(self.counted)
        kept = self._kept("matrix", [])
        for by in dict.fromkeys(k["by"] for k in kept):
            mine = [k for k in kept if k["by"] == by and k["session"] in made.sessions]
            made = made.edited({(k["session"], k["domain"]): tuple(k["lines"]) for k in mine}, by=by, words=self.codings)
        return made

    def coverage(self) -> Coverage:
        """Who was heard against who should be; raises FeedbackError where no targets were brought."""
        from feedback.findings import coverage
        from feedback.privacy import without

        if self.targets is None:
            raise FeedbackError("this project has no targets yet: give them with `feedback bring targets FILE`")
        there = without(self._screened(), self._store.apart() | self.kept_back)
        return coverage(there, self.targets, settings=self.settings)

    def compare(self, name: str) -> Rounds:
        """Set a frozen round beside the sessions held since."""
        if name not in self.rounds:
            raise FeedbackError(f"there is no round {name!r}; there are: {', '.join(self.rounds) or 'none'}")
        return self._compared(self.rounds[name])

    def proposed_joins(self) -> tuple[Proposal, ...]:
        """Needs that could be one, by the stated rule `feedback.plan.RULE`; nothing is joined."""
        from feedback.plan import propose

        needs = self.crosswalk_or_none()
        return propose(needs.themes, needs.plan)

    def join_needs(self, *codes: str, by: str, why: str, on: str = "") -> Needs:
        """Count several needs as one from now on, the first leading: a session counts once, whichever of them it named.

        Raises FeedbackError where nobody signs or says why, or where they may not be one (see `feedback.plan.check_join`).
        """
        from feedback.plan import Join, check_join

        members = tuple(dict.fromkeys(c for code in codes for c in code.split("+")))
        self._signed(by, why)
        check_join(self.themes(), members)
        return self._decide([Join(members, by, on or _today(), why)])

    def part_need(self, code: str, *, by: str, why: str, on: str = "") -> Needs:
        """Let a code stand by itself again, or, given a joined need (`a+b`), every code of it."""
        from feedback.plan import Join

        held = {c for j in self.joins for c in j.codes}
        members = code.split("+")
        self._signed(by, why)
        if not set(members) <= held:
            raise FeedbackError(f"{code} is joined with nothing; joined are: {', '.join(sorted(held)) or 'none'}")
        return self._decide([Join((c,), by, on or _today(), why) for c in members])

    def _decide(self, joins: Sequence[Join]) -> Needs:
        self._nameless([(n, j.why) for n, j in enumerate(joins, start=1)], "why")
        self._keep("joins", [*self._kept("joins", []), *(asdict(j) for j in joins)])
        for j in joins:
            self._store.log("join" if len(j.codes) > 1 else "part", {"codes": list(j.codes), "by": j.by, "on": j.on})
        return self.crosswalk_or_none()

    def _signed(self, by: str, why: str) -> None:
        if not by.strip() or not why.strip():
            raise FeedbackError("say who decides (by) and why")
        self._named(by, why)

    def _answers(self, rows: list[tuple[int, dict[str, str]]], known: set[str], file: str) -> int:
        """Add up answers: each page or tally counts once more on what came before."""
        from feedback.plan import answers_from

        missed = [r for _, r in rows if r.get("need") == "missed"]
        found = answers_from([(n, r) for n, r in rows if r.get("need") != "missed"], known=known, name=file)
        kept = dict(self._kept("answers", {}))
        for a in found:
            before = kept.get(a.need, [0, 0, 0])
            kept[a.need] = [before[0] + a.yes, before[1] + a.partly, before[2] + a.no]
        wrote = [int(r["yes"]) for r in missed if r.get("yes", "").isdigit()]
        kept["missed"] = [kept.get("missed", [0])[0] + sum(wrote)]
        self._keep("answers", kept)
        return len(found)

    def _matrix(self, rows: list[tuple[int, dict[str, str]]], by: str, file: str) -> int:
        from feedback.briefs import matrix_cells

        if not by.strip():
            raise FeedbackError("say who edited the matrix: --by NAME")
        before = self.matrix
        cells = matrix_cells(rows, before, name=file)
        changed = {k: v for k, v in cells.items() if v != tuple(str(x) for x in before.cells.get(k, ()))}
        after = before.edited(changed, by=by, words=self.codings)
        typed = [x.text for key in changed for x in after.cells[key] if x.by]
        self._nameless(list(enumerate(typed, start=1)), file)
        kept = [k for k in self._kept("matrix", []) if (k["session"], k["domain"]) not in changed]
        new = [{"session": s, "domain": d, "lines": list(v), "by": by} for (s, d), v in changed.items()]
        self._keep("matrix", [*kept, *new])
        return len(new)
