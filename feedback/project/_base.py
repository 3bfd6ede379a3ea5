"""What every verb of a project stands on: the store, and what has passed the gate."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.corpus import Corpus, Ref
from feedback.crew import Crew, hire
from feedback.errors import FeedbackError, LeakError

if TYPE_CHECKING:
    from feedback.exchange import Memo


class Base:
    """An open project: the store behind it and what passed the gate."""

    def __init__(
        self, project: str | Path, *, who: str | None = None, scheduler: Any = None, workers: int = 1
    ) -> None:
        from feedback.store import Store

        self._store = Store(project, who=who)
        self._work = (scheduler, workers)
        self._hands: Crew | None = None

    def close(self) -> None:
        """Let go of the database, and of the workers."""
        if self._hands is not None and self._hands is not self._work[0]:
            self._hands.close()
        self._hands = None
        self._store.close()

    @property
    def _crew(self) -> Crew:
        """Who reads, screens and codes: hired at the first need and kept."""
        if self._hands is None:
            self._hands = hire(self._work[0], workers=self._work[1])
        return self._hands

    def guard(self, check: Callable[[Any], None]) -> None:
        """Have `check` asked inside every write (with its connection); what it raises undoes the write."""
        self._store.guard = check

    @property
    def corpus(self) -> Corpus:
        """Everything that passed the gate; units that did not are withheld."""
        corpus = self._store.corpus(cleared=True)
        return replace(corpus, screening=self._certificate())

    @property
    def log(self) -> tuple[dict[str, Any], ...]:
        """Every event, oldest first; raises StoreError where one was changed afterwards."""
        return self._store.events()

    @property
    def memos(self) -> tuple[Memo, ...]:
        """Notes that came in with people's codings and passed the gate; those on units that are gone or held are not here."""
        from feedback.exchange import Memo

        kept, corpus = self._store.document("memos"), self.corpus
        live = {s.ref for s in corpus.segments(everyone=True)}
        memos = [Memo(*row) for row in json.loads(kept[1])] if kept else []
        return tuple(m for m in memos if m.ref is None or str(Ref.parse(m.ref).unit) in live)

    def _put_memos(self, memos: Iterable[Memo]) -> None:
        self._store.put_document("memos", "memos.json", json.dumps([[m.text, m.ref, m.name] for m in memos]))

    def _screened(self) -> Corpus:
        from feedback.store import Jobs

        corpus = self.corpus
        if not len(corpus):
            raise FeedbackError("there is nothing in this project yet: add files with `feedback add FILE`")
        if Jobs(self._store).behind():
            raise LeakError("a decision about a word has not been carried out yet. Run `feedback screen` first.")
        unseen = self._store.unscreened()
        if unseen:
            raise LeakError(f"not screened yet: {', '.join(unseen)}. Run `feedback screen` first.", unseen)
        return corpus

    def _certificate(self) -> str | None:
        for event in reversed(self._store.events()):
            if "screening" in event["detail"]:
                return str(event["detail"]["screening"])
        return None
