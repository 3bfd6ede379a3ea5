"""What an organisation keeps beside its sessions: thresholds, contacts, a roster, consent to quote, signatures, dates to purge."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.corpus import Corpus, Session
from feedback.errors import FeedbackError
from feedback.project._base import Base

if TYPE_CHECKING:
    from feedback.privacy import Known, Roster, Settings

CONSENTS = ("yes", "review", "no")
NO_KEY = b"feedback/privacy/groups/1"
PLAIN = ("[AGE", "[EDAD", "[DATE", "[FECHA", "[PLACE", "[LUGAR")  # placeholders of words that people may write all the same


class Keeper(Base):
    """Settings of the gate and of what may be shown, each change logged under a name."""

    _known: tuple[tuple[str, int], Known] | None = None

    # ---- thresholds ---------------------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """Thresholds of suppression: 11 people and 2 sessions unless others were set."""
        from feedback.privacy import Settings

        return Settings(**self._record("suppression"))

    def set_settings(self, *, by: str, why: str, **thresholds: int) -> Settings:
        """Set thresholds of suppression (people, sessions, column_people, column_sessions); logged with name and reason."""
        from feedback.privacy import Settings

        by, why = self._named(by, why)
        try:
            made = replace(self.settings, **thresholds)
        except TypeError:
            raise FeedbackError(f"thresholds are {', '.join(asdict(Settings()))}") from None
        if min(asdict(made).values()) < 1:
            raise FeedbackError("a threshold is at least 1")
        self._set_record("suppression", asdict(made))
        self._store.log("threshold", {**asdict(made), "by": by, "why": why})
        return made

    # ---- contacts -----------------------------------------------------------------------------------------------

    @property
    def contacts(self) -> str:
        """The organisation's own protocol and contacts, shown when a line may tell of harm; none are shipped."""
        from feedback.store import Accounts

        return str(Accounts(self._store).setting("contacts") or "")

    def set_contacts(self, text: str | Path, *, by: str) -> None:
        """Keep the contacts (words, or a text file): whom to call, at which hours, where the protocol lies."""
        from feedback.store import Accounts

        said = text.read_text(encoding="utf-8-sig") if isinstance(text, Path) else text
        if not said.strip() or len(said) > 2000:
            raise FeedbackError("write the contacts in at most 2,000 characters")
        by, _ = self._named(by)
        self._nameless([("the contacts", said)], "contacts", held=())
        Accounts(self._store).set("contacts", said.strip(), by=by)

    # ---- roster -------------------------------------------------------------------------------------------------

    def use_roster(self, names: str | Path | None, *, by: str) -> int:
        """Take names that must never appear; only salted keyed hashes are kept. None forgets them. Returns how many.

        A file holds one name a line, or names in cells. Raises ReadError where it cannot be read.
        """
        from feedback.privacy import read_roster

        by, _ = self._named(by)
        made = read_roster(names, key=self._gate_key() or NO_KEY) if names is not None else None
        self._set_record("roster", json.loads(made.as_text()) if made else {})
        count = len(made) if made else 0
        self._store.log("roster", {"names": count, "by": by})
        return count

    def _roster(self) -> Roster | None:
        from feedback.privacy import Roster

        kept = self._record("roster")
        return Roster.from_text(json.dumps(kept), key=self._gate_key() or NO_KEY) if kept else None

    # ---- consent to quote ---------------------------------------------------------------------------------------

    def set_consent(self, session: str, quotes: str, *, by: str, why: str, until: str = "") -> tuple[str, ...]:
        """Give or withdraw a session's permission to quote (yes, review, no), until a date where one is given.

        It overrides the document's header from now on, in everything made anew. Returns the names of files released
        before that quote the session: they cannot be called back by this program, so somebody has to.
        """
        by, why = self._named(by, why)
        if quotes not in CONSENTS:
            raise FeedbackError(f"permission to quote is {', '.join(CONSENTS)}")
        if until:
            _day(until)
        self._store.corpus(cleared=True)[session]
        kept = {**self._record("consents"), session: {"quotes": quotes, "until": until, "by": by, "at": _now()}}
        self._set_record("consents", kept)
        self._store.log("consent", {"session": session, "quotes": quotes, "until": until, "by": by, "why": why})
        self._again()
        out = [
            e["detail"]["file"]
            for e in self._store.events()
            if e["verb"] == "release" and session in e["detail"].get("quoted", ())
        ]
        return tuple(dict.fromkeys(out))

    def _consented(self, corpus: Corpus) -> Corpus:
        kept = self._record("consents")
        return (
            corpus.replace_sessions([_consent(s, kept[s.id]) if s.id in kept else s for s in corpus])
            if kept
            else corpus
        )

    # ---- signatures ---------------------------------------------------------------------------------------------

    def sign_quote(self, ref: str, *, by: str, why: str, owner_agreed: bool = False) -> tuple[str, ...]:
        """Sign that a quote of a sensitive or restricted code may be printed; returns who has signed so far.

        A sensitive code needs two different people, a restricted one also the yes of the person (or session) quoted,
        stated by one of them with `owner_agreed`.
        """
        by, why = self._named(by, why)
        self._store.corpus(cleared=True).resolve(ref)
        kept = self._record("signatures")
        rows = [r for r in kept.get(ref, []) if r["by"].casefold() != by.strip().casefold()]
        rows.append({"by": by.strip(), "owner": owner_agreed, "at": _now()})
        self._set_record("signatures", {**kept, ref: rows})
        self._store.log("sign", {"ref": ref, "by": by, "owner_agreed": owner_agreed, "why": why})
        return tuple(r["by"] for r in rows)

    def signed(self) -> dict[str, tuple[int, bool]]:
        """Address of each signed quote -> how many different people signed it, and whether the one quoted agreed."""
        return {ref: (len(rows), any(r["owner"] for r in rows)) for ref, rows in self._record("signatures").items()}

    # ---- originals and dates ------------------------------------------------------------------------------------

    def forget_original(self, session: str, *, by: str, why: str, file: str | Path | None = None) -> dict[str, Any]:
        """Delete what was read of a session and keep only what passed the gate; returns a receipt.

        Units that are held lose their words for good and stay held. With `file`, that document is deleted too, if it is the
        one that was read. The replacement log forgets the session as well.
        """
        import hashlib

        by, why = self._named(by, why)
        found = self._store.corpus(cleared=True)[session]
        receipt: dict[str, Any] = {
            "session": session,
            "sha256": found.sha256,
            "units": len(found.turns),
            "at": _now(),
            "by": by,
            "file": False,
        }
        if file is not None:
            path = Path(file)
            if hashlib.sha256(path.read_bytes()).hexdigest() != found.sha256:
                raise FeedbackError(f"{path.name} is not the document that was read as {session}; nothing was deleted")
            path.unlink()
            receipt["file"] = True
        held = {str(t.index): t.withheld for t in found.turns if t.withheld}
        self._set_record("originals", {**self._record("originals"), session: {**receipt, "withheld": held}})
        self._store.forget_original(session, {**receipt, "why": why})
        self._forget_words(session)
        return receipt

    @property
    def retention(self) -> dict[str, Any]:
        """Days to keep originals and sessions after they came in (None: no limit), and dates for single sessions."""
        return {"originals": None, "sessions": None, "until": {}, **self._record("retention")}

    def set_retention(
        self,
        *,
        by: str,
        originals: int | None = None,
        sessions: int | None = None,
        until: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Say how many days originals and sessions are kept, and until which date single sessions are."""
        by, _ = self._named(by)
        if strangers := set(until or {}) - set(self._store.added()):
            raise FeedbackError(f"{len(strangers)} of the dates are for sessions that are not in this project")
        if any(d is not None and d < 0 for d in (originals, sessions)):
            raise FeedbackError("days to keep are 0 or more")
        for when in (until or {}).values():
            _day(when)
        now = self.retention
        made = {
            "originals": now["originals"] if originals is None else originals,
            "sessions": now["sessions"] if sessions is None else sessions, "until": {**now["until"], **(until or {})},
        }  # fmt: skip
        self._set_record("retention", made)
        self._store.log("retention", {**made, "by": by})
        return made

    def due(self, on: date | None = None) -> tuple[tuple[str, str], ...]:
        """(session, what is due: original or session) on a day, by the retention dates."""
        rule, day, gone = self.retention, on or datetime.now(UTC).date(), self._record("originals")
        out = []
        for session, added in self._store.added().items():
            came = date.fromisoformat(added[:10])
            until = rule["until"].get(session)
            if (until and day >= _day(until)) or (
                rule["sessions"] is not None and day >= came + timedelta(rule["sessions"])
            ):
                out.append((session, "session"))
            elif rule["originals"] is not None and session not in gone and day >= came + timedelta(rule["originals"]):
                out.append((session, "original"))
        return tuple(out)

    # ---- what people type -------------------------------------------------------------------------------------------

    def _nameless(
        self, texts: Iterable[tuple[int | str, str]], file: str, *, held: Collection[str] | None = None, context: bool = True
    ) -> None:
        """Raise TableError where what a person typed may name somebody or tell of harm; rows are named, words never."""
        from feedback.privacy import HELD, read_over

        said = [(f"row {w}" if isinstance(w, int) else w, text) for w, text in texts]
        kinds, known = HELD if held is None else held, self._knows() if said else None
        read_over(said, file, roster=self._roster(), key=self._gate_key(), held=kinds, known=known, context=context)

    def read_over(self, words: str, where: str, *, staff: bool = False) -> None:
        """Raise TableError where words may name somebody, tell of harm or repeat what is held; `staff`: these may be named."""
        self._nameless([(where, words)], where, held=() if staff else None)

    def _known_to_nobody(self, texts: Iterable[tuple[str, str]], file: str) -> None:
        """Raise TableError where words that may name staff hold a name of the roster, or a line that is held."""
        from feedback.privacy import nobody_known

        nobody_known(texts, file, roster=self._roster(), known=self._knows())

    def _named(self, by: str, why: str | None = None) -> tuple[str, str]:
        """Return who decides and why, as they may stand in the log; raises FeedbackError without, TableError with words in it."""
        from feedback.privacy import UNSIGNED, signer

        if why is not None and not why.strip():
            raise FeedbackError(UNSIGNED)
        by = signer(by, known=self._knows())
        if why is not None:
            self._nameless([("the reason", why)], "why")
        return by, (why or "").strip()

    def _file_name(self, path: str | Path, kind: str) -> str:
        """The name by which a file is kept in the project and its log."""
        from feedback.privacy import file_name

        return file_name(path, kind, roster=self._roster())

    def _knows(self) -> Known:
        """The names that were found in the sessions, from the protected log, and the words that the gate holds."""
        from feedback.privacy import Known, read_replacements
        from feedback.store import held_words

        kept, held = self._store.document("replacements"), held_words(self._store)
        mark = (kept[0] if kept else "", hash(held))
        if self._known is None or self._known[0] != mark:
            key = self._gate_key()
            rows = read_replacements(kept[1].encode(), key) if kept and key else []
            names = {r["words"] for r in rows if not r["placeholder"].startswith(PLAIN)}
            self._known = (mark, Known.of(names, held))
        return self._known[1]

    # ---- inside -------------------------------------------------------------------------------------------------

    def _forget_words(self, session: str) -> None:
        raise NotImplementedError

    def _again(self) -> None:
        raise NotImplementedError

    def _gate_key(self) -> bytes | None:
        """The key by which words are grouped and names hashed: beside the project file, never in it."""
        from feedback.privacy import project_key

        path = self._store.keys.get(".gate.key")
        return None if path is None else project_key(path.with_name(path.name.removesuffix(".key")))

    def _record(self, kind: str) -> dict[str, Any]:
        found = self._store.document(kind)
        return dict(json.loads(found[1])) if found else {}

    def _set_record(self, kind: str, value: Mapping[str, Any]) -> None:
        body = json.dumps(value, sort_keys=True)
        found = self._store.document(kind)
        if found is None or found[1] != body:
            self._store.put_document(kind, f"{kind}.json", body)


def _consent(session: Session, kept: Mapping[str, str]) -> Session:
    extra = {k: v for k, v in session.extra.items() if k != "quote_until"}
    return replace(
        session, quote_consent=kept["quotes"], extra=extra | ({"quote_until": kept["until"]} if kept["until"] else {})
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FeedbackError(f"{text!r} is no date: write year, month and day, as 2027-03-31") from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


__all__ = ["NO_KEY", "Keeper"]
