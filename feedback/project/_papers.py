"""What people bring and sign: targets, indicators, facts, sentences, decisions, quotes, answers, rounds. Kept, logged, screened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError
from feedback.project._released import Releases

if TYPE_CHECKING:
    from feedback.codebook import Codings
    from feedback.findings import Frozen, Rounds, Targets
    from feedback.plan import Beside, Join, Plan

BROUGHT = ("targets", "indicators", "facts")
GROUPS = frozenset({"youth", "family", "stakeholder", "mixed", "recorded", "notes"})  # by themselves these name nobody


class Papers(Releases):
    """What stands beside the findings, kept in the project."""

    def bring(self, kind: str, file: str | Path, *, name: str = "") -> None:
        """Check and keep a file that people bring: `targets`, `indicators` (several, by name) or `facts` (key, value).

        Raises TableError with every problem and its line.
        """
        from feedback.findings import Indicators, Targets, read_table
        from feedback.privacy import STAFF

        path = Path(file)
        if kind == "targets":
            aims = list(enumerate(Targets.load(path).values, 1))
            words = [(f"{t.dimension} {i}", t.value) for i, t in aims if t.value not in GROUPS]
            self._nameless([*words, *((f"{t.dimension} {i}", t.note) for i, t in aims)], path.name)
            self._store.put_document("targets", self._file_name(path, "targets"), path.read_text(encoding="utf-8-sig"))
        elif kind == "indicators":
            made = Indicators.load(path, name=name)
            cells = [(f"row {i}", v) for i, (_, values) in enumerate(made.rows, start=1) for v in values]
            self._nameless([("name", made.name), *(("line 1", c) for c in made.columns), *cells], path.name)
            kept = dict(self._kept("indicators", {}))
            kept[made.name] = path.read_text(encoding="utf-8-sig")
            self._keep("indicators", kept)
        elif kind == "facts":
            rows = read_table(path, required=("key", "value"))
            self._nameless([(f"line {n}", r["key"].replace("_", " ")) for n, r in rows], path.name)
            staff = ("contact", "coreq", "srqr")  # a contact and the authors of the study are named on purpose
            named = [(f"line {n}", r["value"]) for n, r in rows if r["key"].startswith(staff)]
            self._nameless(named, path.name, held=STAFF)
            self._nameless([(f"line {n}", r["value"]) for n, r in rows if not r["key"].startswith(staff)], path.name)
            self._keep("facts", {r["key"]: r["value"] for _, r in rows if r["key"]})
        else:
            raise FeedbackError(f"bring {', '.join(BROUGHT)}, not {kind!r}")

    @property
    def targets(self) -> Targets | None:
        """Who should be heard, or None where nobody said."""
        from feedback.findings import Targets

        kept = self._store.document("targets")
        return Targets.parse(kept[1], name=kept[0]) if kept else None

    def freeze(self, name: str) -> Frozen:
        """Keep this round: its sessions, the codebook code by code, who coded, and what could be printed."""
        from feedback.findings import freeze, summarize

        if not name.strip():
            raise FeedbackError("a round needs a name, such as 2025")
        self._nameless([("name", name)], "round")
        frozen = freeze(summarize(self.printable, by="audience", settings=self.settings), name.strip())
        kept = dict(self._kept("rounds", {}))
        if frozen.name in kept:
            raise FeedbackError(f"there is a round {frozen.name!r} already; a frozen round is never overwritten")
        kept[frozen.name] = frozen.dumps()
        self._keep("rounds", kept)
        return frozen

    @property
    def rounds(self) -> dict[str, Frozen]:
        """Frozen rounds by name, oldest first."""
        from feedback.findings import Frozen

        return {name: Frozen.loads(text) for name, text in self._kept("rounds", {}).items()}

    @property
    def plans(self) -> dict[str, Plan]:
        """Every plan the project keeps, by id; the current one is `plan`."""
        return {ident: self._plan_from(*kept) for ident, kept in self._kept("plans", {}).items()}

    def beside(self, *, on: str | None = None, signed_only: bool = False, since: str = "") -> Beside:
        """Everything people brought and signed; `since` names a frozen round to compare with."""
        from feedback.findings import Indicators
        from feedback.plan import Answer, Beside, Decision, SignedQuote, Statement

        rounds = self.rounds
        if since and since not in rounds:
            raise FeedbackError(f"there is no round {since!r}; there are: {', '.join(rounds) or 'none'}")
        answers = self._kept("answers", {})
        return Beside(
            tuple(Statement(**s) for s in self._kept("statements", [])),
            tuple(Decision(**d) for d in self._kept("decisions", [])),
            tuple(SignedQuote(**q) for q in self._kept("quotes", [])),
            tuple(Answer(need, *counts) for need, counts in sorted(answers.items()) if need != "missed"),
            answers.get("missed", [0])[0], self.targets,
            tuple(Indicators.parse(text, name=name) for name, text in sorted(self._kept("indicators", {}).items())),
            self._compared(rounds[since]) if since else None, self._kept("facts", {}), on, signed_only,
            signatures=self.signed(), joins=tuple(self._joins()), waiting=len(self._store.apart()), kept_back=len(self.kept_back),
        )  # fmt: skip

    @property
    def joins(self) -> tuple[Join, ...]:
        """The joins of needs that hold now, each with who decided it, when and why."""
        from feedback.plan import in_force

        return in_force(self._joins(), self.codebook) if self._kept("joins", []) else ()

    def _joins(self) -> Iterator[Join]:
        """Every decision on what is one need, in the order they were taken."""
        from feedback.plan import Join

        for j in self._kept("joins", []):
            yield Join(tuple(j["codes"]), j["by"], j["on"], j["why"])

    def _compared(self, frozen: Frozen) -> Rounds:
        from feedback.findings import compare

        codings = self.printable
        return compare(codings, frozen, **self._rules(codings))

    def _rules(self, codings: Codings) -> dict[str, Any]:
        """What every table of the project is counted by, so that none can be held against another or an earlier release."""
        from feedback.findings import differences, summarize

        rounds = {name: frozenset(r.sessions) for name, r in self.rounds.items()}
        rules: dict[str, Any] = {"settings": self.settings, "joined": tuple(j.codes for j in self.joins), "rounds": rounds}
        if before := self._releases():
            rules["also"] = differences(summarize(codings, by="audience", **rules), before)
        return rules

    def _add(self, kind: str, made: Iterable[Any]) -> int:
        """Append signed values; what was signed before stays, the last one holds."""
        new = [asdict(m) for m in made]
        kept = list(self._kept(kind, []))
        new = [m for m in new if m not in kept]
        self._keep(kind, [*kept, *new])
        return len(new)

    def _kept(self, kind: str, empty: Any) -> Any:
        kept = self._store.document(kind)
        return json.loads(kept[1]) if kept else empty

    def _keep(self, kind: str, value: Any) -> None:
        self._store.put_document(kind, f"{kind}.json", json.dumps(value, ensure_ascii=False))

    def _plan_from(self, name: str, body: str) -> Plan:
        import tempfile

        from feedback.plan import Plan

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(name).name
            path.write_text(body, encoding="utf-8")
            return Plan.load(path)
