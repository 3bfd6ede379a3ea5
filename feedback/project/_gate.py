"""Reading and the gate: what comes in is screened before any other verb can see it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from feedback.corpus import Corpus
from feedback.errors import FeedbackError, Problem
from feedback.project._base import Base

if TYPE_CHECKING:
    from feedback.privacy import Audit

NAMED = "its session code looks like somebody's name, so it was not kept."


class Gate(Base):
    """Read, screen, decide, reveal, withdraw."""

    def add(self, *paths: str | Path, manifest: str | Path | None = None) -> Corpus:
        """Read files or folders into the project and screen them; return what was read, problems and all.

        A session with a code that is already here takes the place of the old one; its codings go with it. A single
        file that cannot be read raises ReadError; in a folder it is a problem of the returned corpus.
        """
        from feedback.ingest import read

        read_now = [read(path, manifest=manifest) for path in paths]
        sessions = [s for corpus in read_now for s in corpus]
        problems = [p for corpus in read_now for p in corpus.problems]
        if sessions or problems:
            self._store.put_sessions(sessions, problems)
        if sessions:
            self.screen()
            named = {s.id for s in sessions} & set(self._store.unscreened())
            for number, ident in enumerate(sorted(named), start=1):
                self._store.drop_session(ident, "its code or file name looks like a name", named=False)
                problems.append(
                    Problem(f"file {number}", "", NAMED, "Give it a code such as LS-01 in its header or its name.")
                )
            sessions = [s for s in sessions if s.id not in named]
        return Corpus(tuple(sessions), tuple(problems))

    def screen(self, *, roster: str | Path | None = None) -> Audit:
        """Run the privacy gate over everything, with the decisions people made; save what passed."""
        audit = self._audit(roster=roster)
        cleared = audit.apply()
        states: dict[str, int] = {}
        for state in audit.states().values():
            states[state] = states.get(state, 0) + 1
        self._store.put_cleared(cleared, {"screening": cleared.screening, "states": states, "open": _open(audit)})
        return audit

    def decide(self, group: str, decision: str, *, by: str, why: str) -> Audit:
        """Decide once for all places of a word (`group` is the audit's address for it); returns the new audit."""
        if not by.strip() or not why.strip():
            raise FeedbackError("a decision needs a name (by) and a reason (why)")
        self._audit().decide(group, decision=decision, by=by, why=why)
        self._store.put_decision(group, decision, by=by, why=why)
        return self.screen()

    def reveal(self, ref: str) -> tuple[str, ...]:
        """Show what was found at an address to the person deciding; that it was shown is logged."""
        words = self._audit().reveal(ref)
        self._store.log("reveal", {"ref": ref, "count": len(words)})
        return words

    def withdraw(self, session: str, *, why: str) -> None:
        """Delete a session and everything that hangs on it; the log keeps that it happened, and why."""
        if self._store.document("memos"):
            self._put_memos(m for m in self.memos if not (m.ref or f"{m.name}#0").startswith(f"{session}#"))
        self._store.drop_session(session, why)

    def _audit(self, *, roster: str | Path | None = None) -> Audit:
        from feedback.privacy import screen

        audit = screen(self._store.corpus(cleared=False), roster=roster, key=self._key())
        for group, decision, by, why in self._store.decisions():
            if group in {g.id for g in audit.groups()}:
                audit = audit.decide(group, decision=decision, by=by, why=why)
        return audit

    def _key(self) -> bytes | None:
        """The key by which words are grouped: beside the project file, never in it."""
        from feedback.privacy import project_key

        path = self._store.keys.get(".gate.key")
        return None if path is None else project_key(path.with_name(path.name.removesuffix(".key")))


def _open(audit: Audit) -> int:
    return sum(f.status == "open" for f in audit.findings)
