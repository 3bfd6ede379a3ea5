"""Reading and the gate: what comes in is screened before any other verb can see it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.corpus import Corpus, Session
from feedback.errors import FeedbackError, Problem, RefError, StoreError
from feedback.project._gone import changed, let_go
from feedback.project._keeping import NO_KEY, Keeper
from feedback.project._topics import forget_words

if TYPE_CHECKING:
    from feedback.privacy import Audit

ANEW = 12  # times that a screening is begun anew because somebody else changed something
NAMED = "its session code looks like somebody's name, so it was not kept."


class Gate(Keeper):
    """Read, screen, decide, reveal, certify, withdraw, purge."""

    audited: Audit | None = None  # what the gate found last, with the decisions made until then
    _base: tuple[str, Audit] | None = None

    def add(self, *paths: str | Path, manifest: str | Path | None = None) -> Corpus:
        """Read files or folders into the project and screen them; return what was read, problems and all.

        A session with a code that is already here takes the place of the old one; its codings go with it. A single
        file that cannot be read raises ReadError; in a folder it is a problem of the returned corpus. Raises LeakError,
        naming the detector, where the gate fails its own test: nothing is let through then.
        """
        from feedback.ingest import read
        from feedback.privacy import unnamed

        read_now = [read(path, manifest=manifest, scheduler=self._crew) for path in paths]
        sessions = [s for corpus in read_now for s in corpus]
        files = {p.name for path in map(Path, paths) for p in ([path, *path.rglob("*")] if path.is_dir() else [path])}
        problems = unnamed((p for corpus in read_now for p in corpus.problems), files, roster=self._roster())
        new = {s.id for s in sessions}
        before = _texts(self._store.corpus(cleared=True), new) if new & set(self._store.added()) else {}
        if sessions or problems:
            self._store.put_sessions(sessions, problems)
        if sessions:
            if new & set(self._record("originals")):
                self._set_record("originals", {k: v for k, v in self._record("originals").items() if k not in new})
            self.screen()
            named = new & set(self._store.unscreened())
            for number, ident in enumerate(sorted(named), start=1):
                self._store.drop_session(ident, "its code or file name looks like a name", named=False)
                problems.append(
                    Problem(f"file {number}", "", NAMED, "Give it a code such as LS-01 in its header or its name.")
                )
            sessions = [s for s in sessions if s.id not in named]
            self._let_go(changed(before, _texts(self._store.corpus(cleared=True), new)) if before else {})
            if named:
                self._save()  # what was screened with them stands anew without them
        return Corpus(tuple(sessions), tuple(problems))

    def screen(self, *, roster: str | Path | None = None) -> Audit:
        """Run the privacy gate over everything, with the decisions people made; save what passed.

        Every run first plants synthetic identifiers of each class in a copy; where one survives, LeakError names the
        detector and nothing is saved. A `roster` is kept, as salted hashes, for every later run.
        """
        from feedback.privacy import canaries

        if roster is not None:
            self.use_roster(roster, by=self._store.who)
        raw = self._raw()
        flown = canaries(raw, seed=int(raw.fingerprint[:8], 16))
        if not flown.ok:
            self._store.log("canary", {"survived": flown.failed})
        flown.check()
        return self._save(flown.planted)

    def decide(self, group: str | Iterable[str], decision: str, *, by: str, why: str) -> Audit:
        """Decide once for all places of a word (`group` is the audit's address for it, or `roster`); returns the new audit.

        Several groups are decided alike, for one reason.

        A word accepted as harmless joins the project's own allow list, whose version counts up with every change.
        """
        by, why = self._named(by, why)
        audit = self._audit()
        known = len(audit.decisions)
        for one in [group] if isinstance(group, str) else group:
            audit = audit.decide(one, decision=decision, by=by, why=why)
        for made in audit.decisions[known:]:
            self._store.put_decision(made.group, made.decision, by=by, why=why)
        return self._save()

    def reopen(self, group: str, *, by: str, why: str) -> Audit:
        """Take a decision back: its places are open again, and the allow list has a new version without the word."""
        by, why = self._named(by, why)
        if group not in {d[0] for d in self._store.decisions()}:
            raise RefError("no decision was taken at this address; `feedback screen --allow-list` lists the words accepted")
        self._store.put_decision(group, "open", by=by, why=why)
        return self._save()

    @property
    def allowed(self) -> tuple[int, tuple[tuple[str, str, str, str], ...]]:
        """The allow list: its version, and (group, by, why, at) of each word accepted as harmless; never the word."""
        rows = [
            (g, by, why, at) for g, d, by, why, at in self._store.decisions() if d in ("accept", "accepted", "harmless")
        ]
        version = sum(
            e["verb"] == "decide" and e["detail"]["decision"] in ("accept", "accepted", "harmless", "open")
            for e in self._store.events()
        )
        return version, tuple(rows)

    def reveal(self, ref: str) -> tuple[str, ...]:
        """Show what was found at an address to the person deciding; that it was shown is logged."""
        return self._audit().reveal(ref)

    def context(self, group: str, *, most: int = 3) -> tuple[tuple[str, str, str, str], ...]:
        """Show (address, before, words, after) for places of a group, to decide by; logged like `reveal`."""
        return self._audit().context(group, most=most)

    def certificate(self) -> dict[str, dict[str, Any]]:
        """Per file: detector versions, counts by class, share of tokens proven safe, the planted test, the allow list's version.

        Raises LeakError where the planted test fails. Holds no found word, no reviewer and no file name.
        """
        from feedback.privacy import canaries

        raw = self._raw()
        flown = canaries(raw, seed=int(raw.fingerprint[:8], 16))
        flown.check()
        version, words = self.allowed
        kept = self._roster()
        gate = {
            "canaries": {k: f"{flown.found[k]} of {n} found" for k, n in flown.planted.items()}, "allow_list": version,
            "allowed": len(words), "roster": len(kept) if kept else 0,
        }  # fmt: skip
        gone = self._record("originals")
        return {
            name: {**said, **gate, "original": "deleted" if name in gone else "kept"}
            for name, said in self._audit(raw).certificate().items()
        }

    def replacements(self, *, by: str, why: str) -> list[dict[str, Any]]:
        """Open the protected log of what each placeholder stands for; that it was opened, by whom and why, is logged."""
        from feedback.privacy import read_replacements

        by, why = self._named(by, why)
        kept = self._store.document("replacements")
        key = self._gate_key()
        if kept is None or key is None:
            raise FeedbackError("there is no log of replacements in this project")
        rows = read_replacements(kept[1].encode(), key)
        self._store.log("open replacements", {"rows": len(rows), "by": by, "why": why})
        return rows

    def withdraw(self, session: str, *, why: str) -> None:
        """Delete a session and everything that hangs on it; the log keeps that it happened, and why."""
        from feedback.privacy import without
        from feedback.store import Jobs

        self._nameless([("the reason", why)], "why")
        if self._store.document("memos"):
            self._put_memos(m for m in self.memos if not (m.ref or f"{m.name}#0").startswith(f"{session}#"))
        if session not in self._store.added():
            raise StoreError(f"there is no session {session!r} in this project")
        self._forget_words(session)
        for kind in ("originals", "consents"):
            if session in self._record(kind):
                self._set_record(kind, {k: v for k, v in self._record(kind).items() if k != session})
        whole = self.corpus
        gone = _texts(whole, {session})
        self._store.drop_session(session, why, screening=without(whole, {session}).screening)
        Jobs(self._store).forget(session)
        self._let_go(gone)

    def purge(self, *, by: str, on: date | None = None) -> tuple[dict[str, Any], ...]:
        """Delete what the retention dates say is due; returns a receipt each."""
        by, _ = self._named(by)
        out = []
        for session, what in self.due(on):
            why = "retention date reached"
            if what == "original":
                out.append(self.forget_original(session, by=by, why=why))
            else:
                found = self._store.corpus(cleared=True)[session]
                self.withdraw(session, why=why)
                out.append(
                    {"session": session, "sha256": found.sha256, "units": len(found.turns), "by": by, "file": False}
                )
        self._store.log("purge", {"receipts": len(out), "by": by})
        return tuple(out)

    # ---- inside -------------------------------------------------------------------------------------------------

    def _again(self) -> None:
        self._save()

    def _save(self, planted: dict[str, int] | None = None) -> Audit:
        """Screen what is there and save what passed; anew where somebody else changed something meanwhile."""
        from feedback.store import Jobs, Overtaken

        for _ in range(ANEW):
            since, audit = Jobs(self._store).revision()[1], self._audit()
            try:
                self._keep_cleared(audit, planted, since=since)
            except Overtaken:
                continue
            self.audited = audit
            return audit
        raise StoreError("others keep changing what is to be screened; try again in a moment")

    def _keep_cleared(self, audit: Audit, planted: dict[str, int] | None, *, since: int) -> None:
        cleared = audit.apply()
        states: dict[str, int] = {}
        for state in audit.states().values():
            states[state] = states.get(state, 0) + 1
        said: dict[str, Any] = {"screening": cleared.screening, "states": states, "open": _open(audit)}
        if planted is not None:
            said["canaries"] = sum(planted.values())
        waiting = {f.ref.split("#")[0] for f in audit.findings if f.status == "open"}
        moved = self._store.put_cleared(cleared, said, waiting=waiting, since=since)
        self._keep_words(audit)
        self._let_go(changed({ref: old for ref, (old, _) in moved.items()}, {ref: new for ref, (_, new) in moved.items()}))

    def _let_go(self, gone: Mapping[str, str]) -> None:
        if gone:
            let_go(self._store, gone, corpus=self.corpus, triggers=forget_words(self._store, self.corpus))
            self._store.tidy()

    def _keep_words(self, audit: Audit) -> None:
        """Keep the register of placeholders (hashes) and the log of what they stand for (encrypted)."""
        from feedback.privacy import read_replacements, replacements

        key = self._gate_key()
        if audit.pseudonyms is not None:
            self._set_record("pseudonyms", json.loads(audit.pseudonyms.as_text()))
        if key is None:
            return
        made = replacements(audit, key)
        mark = hmac.new(key, json.dumps(read_replacements(made, key)).encode(), hashlib.sha256).hexdigest()[:24]
        kept = self._store.document("replacements")
        if kept is None or kept[0] != mark:
            self._store.put_document("replacements", mark, made.decode())

    def _forget_words(self, session: str) -> None:
        from feedback.privacy import keep_replacements, read_replacements

        kept, key = self._store.document("replacements"), self._gate_key()
        if kept is not None and key is not None:
            rows = [r for r in read_replacements(kept[1].encode(), key) if r["ref"].split("#")[0] != session]
            self._store.put_document("replacements", "", keep_replacements(rows, key).decode())

    def _raw(self) -> Corpus:
        """What was read, with what is held for good although its words are gone, and permissions as they are now."""
        corpus, gone = self._consented(self._store.corpus(cleared=False)), self._record("originals")
        return (
            corpus.replace_sessions([_hold(s, gone[s.id]["withheld"]) if s.id in gone else s for s in corpus])
            if gone
            else corpus
        )

    def _audit(self, raw: Corpus | None = None) -> Audit:
        from feedback.privacy import Pseudonyms, screen

        raw = raw or self._raw()
        key, kept = self._gate_key(), self._record("roster")
        mark = hashlib.sha256(
            f"{_everything(raw)}|{kept.get('check')}|{len(kept.get('word', ()))}".encode()
        ).hexdigest()
        if self._base is None or self._base[0] != mark:
            numbers = self._store.document("pseudonyms")
            register = Pseudonyms.from_text(numbers[1], key=key or NO_KEY) if numbers else Pseudonyms(key or NO_KEY)
            protocol = {"contacts": self.contacts} if self.contacts else {}
            options: dict[str, Any] = {"key": key, "pseudonyms": register, "protocol": protocol, "scheduler": self._crew}
            self._base = (mark, screen(raw, roster=self._roster(), **options))
        audit = replace(self._base[1], on_reveal=lambda ref, n: self._store.log("reveal", {"ref": ref, "count": n}))
        there = {f.group for f in audit.findings}
        for group, decision, by, why, at in self._store.decisions():
            if group in there and decision != "open":
                audit = audit.decide(group, decision=decision, by=by, why=why)
                audit = replace(audit, decisions=(*audit.decisions[:-1], replace(audit.decisions[-1], at=at)))
        return audit


def _texts(corpus: Corpus, sessions: Collection[str]) -> dict[str, str]:
    """Address -> words of what passed in these sessions."""
    return {f"{s.id}#{t.index}": t.text for s in corpus if s.id in sessions for t in s.turns if t.text and not t.withheld}


def _hold(session: Session, held: dict[str, str]) -> Session:
    turns = tuple(replace(t, withheld=held.get(str(t.index), t.withheld)) for t in session.turns)
    return replace(session, turns=turns)


def _everything(corpus: Corpus) -> str:
    from feedback.privacy import seal_of

    return seal_of(corpus)


def _open(audit: Audit) -> int:
    return sum(f.status == "open" for f in audit.findings)
