"""Findings, plan and briefs: what a plan author opens."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.corpus import Ref
from feedback.errors import FeedbackError, LeakError
from feedback.project._papers import Papers

if TYPE_CHECKING:
    from feedback.briefs import Brief, Verification
    from feedback.codebook import Codings
    from feedback.findings import Contrast, Themes
    from feedback.plan import Beside, Needs, Plan


class Planner(Papers):
    """Themes, needs against a plan, briefs and their proof."""

    def themes(self, *, by: str = "audience") -> Themes:
        """Count sessions, by group, through the suppression engine, which also knows what was released before.

        Codes that a person joined to one need are one theme here too, so that no table can be held against another. Sessions
        that are `kept_back` are not counted.
        """
        self._screened()
        return self._themes(self.printable, by)

    def _themes(self, codings: Codings, by: str = "audience") -> Themes:
        from feedback.findings import summarize

        return summarize(codings, by=by, **self._rules(codings))

    def contrast(self, a: str, b: str, *, by: str = "audience") -> Contrast:
        """Set two groups side by side."""
        from feedback.findings import contrast

        return contrast(self.themes(by=by), between=(a, b))

    @property
    def plan(self) -> Plan:
        """The plan kept in the project; raises FeedbackError where none was given yet."""
        kept = self._store.document("plan")
        if kept is None:
            raise FeedbackError("this project has no plan yet: give one with `feedback crosswalk FILE`")
        return self._plan_from(*kept)

    def use_plan(self, file: str | Path) -> Plan:
        """Check a plan file and keep it, beside those given before; it is the project's from now on."""
        from feedback.plan import Plan

        made, path, plans = Plan.load(file), Path(file), dict(self._kept("plans", {}))
        written = path.read_text(encoding="utf-8-sig")
        self._known_to_nobody([(f"line {n}", x) for n, x in enumerate(written.splitlines(), 1)], path.name)
        plans[made.id] = [self._file_name(path, "plan"), written]
        self._keep("plans", plans)
        self._store.put_document("plan", *plans[made.id])
        return made

    def crosswalk(
        self, plan: str | Path | None = None, *, on: str | None = None, signed_only: bool = False, since: str = ""
    ) -> Needs:
        """Set the needs against a plan and say where nothing answers.

        `plan` is a file (kept from then on, beside those given before) or the id of a plan that is kept; the last one used
        is the project's. `on` is the day of printing, `signed_only` keeps out quotes that nobody approved, `since` names a
        frozen round to compare with.
        """
        from feedback.plan import crosswalk

        plans = self._kept("plans", {})
        if plan is not None and str(plan) in plans:
            self._store.put_document("plan", *plans[str(plan)])
        elif plan is not None:
            self.use_plan(plan)
        return crosswalk(self.themes(), self.plan, beside=self.beside(on=on, signed_only=signed_only, since=since))

    def crosswalk_or_none(self) -> Needs:
        """The needs against the project's plan, or against a plan without areas where there is none yet."""
        from feedback.plan import Plan, crosswalk

        if self._store.document("plan"):
            return self.crosswalk()
        return crosswalk(self.themes(), Plan("none", "no plan yet"), beside=self.beside())

    def _for_host(self, session: str, beside: Beside) -> Needs:
        """The needs as a session's own page sees them: that session is there even while it waits in the privacy check."""
        from feedback.plan import Plan, crosswalk

        self._screened()
        there = self.plan if self._store.document("plan") else Plan("none", "no plan yet")
        return crosswalk(self._themes(self._printable(also=session)), there, beside=beside)

    def brief(
        self, out: str | Path, *, title: str = "", kind: str = "full", language: str = "en", session: str = "",
        plan: str | None = None, on: str | None = None, signed_only: bool = False, since: str = "",
    ) -> Brief:  # fmt: skip
        """Write the brief to a file (suffix decides the format) and enter it into the release log.

        `kind` is `full`, `board`, `slides`, `report-back` (to those who spoke) or `session` (one session's page for its
        host); the last two speak `language` en or es. A full brief saved as .pptx becomes slides. For `plan`, `on`,
        `signed_only` and `since` see `crosswalk`. Figures that, less those of an earlier release, would tell of too few
        people are hidden, and sessions are kept back where the whole difference is too small a group (`kept_back`); where that
        does not help, LeakError refuses the release.
        """
        from feedback.briefs import brief

        self._nameless([("title", title)], "title")
        if kind == "full" and Path(out).suffix.lower() == ".pptx":
            kind = "slides"
        if on is None and any(s.extra.get("quote_until") for s in self.corpus):
            on = datetime.now(UTC).date().isoformat()  # a permission to quote that has run out is respected
        if kind == "session" and plan is None:
            needs = self._for_host(session, self.beside(on=on, signed_only=signed_only, since=since))
        else:
            needs = self.crosswalk(plan, on=on, signed_only=signed_only, since=since)
        if kind != "session":
            self._apart_from_before(needs)
        page = brief(needs, title=title, kind=kind, language=language, session=session)
        path = page.save(out)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        quoted = sorted({c.recount.removeprefix("quote:").split("#")[0] for c in page.page.claims.values() if c.kind == "quote"})
        said = {"file": self._file_name(path, "brief"), "kind": kind, "language": language, "sha256": digest, "quoted": quoted}
        self._store.log("release", said)
        if kind != "session":
            self._note_release(needs)
        return page

    def verify(self, file: str | Path) -> Verification:
        """Check every number and quote of a finished brief against the project as it is now."""
        from feedback.briefs import stamp_of, verify
        from feedback.plan import Plan, crosswalk

        released = [r["sha256"] for r in self.releases]
        made = stamp_of(file)
        since = made.get("since", "")
        beside = self.beside(
            on=made.get("on") or None, signed_only=made.get("signed") == "yes", since=since if since in self.rounds else ""
        )
        waiting, kept = int(made.get("waiting") or 0), int(made.get("kept") or 0)
        beside = replace(beside, waiting=waiting, kept_back=kept)  # as on the day of printing: others may wait now
        there = self.plan if self._store.document("plan") else Plan("none", "no plan yet")
        plan = self.plans.get(made.get("plan", ""), there)
        self._screened()
        themes = self._themes(self._printable(also=made.get("session", "")))
        return verify(file, crosswalk(themes, plan, beside=beside), released=released)

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
