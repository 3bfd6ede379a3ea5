"""Findings, plan and briefs: what a plan author opens."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.corpus import Ref
from feedback.errors import FeedbackError, LeakError
from feedback.project._coding import Coder

if TYPE_CHECKING:
    from feedback.briefs import Brief, Verification
    from feedback.findings import Contrast, Themes
    from feedback.plan import Needs, Plan


class Planner(Coder):
    """Themes, needs against a plan, briefs and their proof."""

    def themes(self, *, by: str = "audience") -> Themes:
        """Count sessions, by group, through the suppression engine."""
        from feedback.findings import summarize

        self._screened()
        return summarize(self.codings, by=by)

    def contrast(self, a: str, b: str, *, by: str = "audience") -> Contrast:
        """Set two groups side by side."""
        from feedback.findings import contrast

        return contrast(self.themes(by=by), between=(a, b))

    @property
    def plan(self) -> Plan:
        """The plan kept in the project; raises FeedbackError where none was given yet."""
        from feedback.plan import Plan

        kept = self._store.document("plan")
        if kept is None:
            raise FeedbackError("this project has no plan yet: give one with `feedback crosswalk FILE`")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(kept[0]).name
            path.write_text(kept[1], encoding="utf-8")
            return Plan.load(path)

    def crosswalk(self, plan: str | Path | None = None) -> Needs:
        """Set the needs against a plan (kept from then on) and say where nothing answers."""
        from feedback.plan import Plan, crosswalk

        if plan is not None:
            Plan.load(plan)
            self._store.put_document("plan", Path(plan).name, Path(plan).read_text(encoding="utf-8-sig"))
        return crosswalk(self.themes(), self.plan)

    def brief(self, out: str | Path, *, title: str = "", kind: str = "full", language: str = "en") -> Brief:
        """Write the brief to a file (suffix decides the format) and enter it into the release log.

        `kind` is `full`, `board` or `report-back` (to those who spoke; `language` en or es).
        """
        from feedback.briefs import brief

        page = brief(self.crosswalk(), title=title, kind=kind, language=language)
        path = page.save(out)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self._store.log("release", {"file": path.name, "kind": kind, "language": language, "sha256": digest})
        return page

    def verify(self, file: str | Path) -> Verification:
        """Check every number and quote of a finished brief against the project as it is now."""
        from feedback.briefs import verify

        released = [e["detail"]["sha256"] for e in self._store.events() if e["verb"] == "release"]
        return verify(file, self.crosswalk(), released=released)

    def quote(self, ref: str, *, context: int = 2) -> list[tuple[str, str, str, bool]]:
        """Return (ref, speaker, words, is it the one) for a unit and its neighbours, as far as they passed the gate."""
        asked = Ref.parse(ref)
        corpus = self.corpus
        found = corpus.resolve(asked)
        if found.turn.withheld:
            raise LeakError(f"{asked.unit} is held by the privacy gate ({found.turn.withheld})", [str(asked.unit)])
        session = corpus[asked.session]
        around = session.turns[max(0, asked.index - context) : asked.index + context + 1]
        out = []
        for turn in around:
            words = f"[{turn.withheld}]" if turn.withheld else turn.text
            out.append(
                (f"{session.id}#{turn.index}", turn.speaker.label or turn.role, words, turn.index == asked.index)
            )
        return out
