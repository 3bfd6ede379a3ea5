"""Topics in a project: proposed, decided on, followed into later rounds by the model as it was, found anew with their identity."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from feedback.errors import FeedbackError
from feedback.project._coding import Coder

if TYPE_CHECKING:
    import pandas as pd

    from feedback.codebook import Codings
    from feedback.corpus import Corpus
    from feedback.store import Store
    from feedback.tagging import Tagger
    from feedback.topics import Round, Topics

PROPOSALS, MODEL, ROUNDS = "topic proposals", "topic model", "topic rounds"
FIRST = "found in"


class Finder(Coder):
    """Topics between what a machine proposes and what people decide."""

    def discover(
        self, *, method: str = "graph", n_topics: int | None = None, seed: int = 0, everything: bool = False, anew: bool = False,
        progress: Callable[[str], None] | None = None,
    ) -> Topics:  # fmt: skip
        """Propose topics for what the codebook does not cover (or for `everything`), and keep proposal and model.

        Where topics stand already this is a refit: those that are the same keep their number, the name a person gave and that
        they were accepted (`carry`); `anew=True` forgets what stood. `progress` is told each stage.
        """
        from feedback.topics import carry, discover

        options: dict[str, Any] = {"method": method, "n_topics": n_topics, "seed": seed}
        before = None if anew else self.proposed
        codings = None if everything else (self.codings if self._store.codings() else None)
        topics = discover(self._screened(), codings=codings, progress=progress, **options)
        if before is not None:
            topics = carry(before, topics)
        said = {**options, "everything": everything}
        self._store.put_document("topics", "topics.json", json.dumps(said, sort_keys=True))
        self._keep_model(topics)
        self._keep_rounds([{"name": FIRST, "sessions": list(topics.sessions), "drift": 0.0, "refit_advised": False}])
        return self._put_topics(topics)

    @property
    def topics(self) -> Topics:
        """The proposals as they stand, over what passed the gate now; raises FeedbackError where none were made yet."""
        found = self.proposed
        if found is None:
            raise FeedbackError("no topics were proposed in this project yet: run `feedback discover`")
        return found

    @property
    def proposed(self) -> Topics | None:
        """The same, or None where none were made yet."""
        from feedback.topics import from_json, thaw

        kept, frozen = self._store.document(PROPOSALS), self._store.document(MODEL)
        if kept is None:
            return None
        try:
            model = thaw(frozen[1]) if frozen else None
        except FeedbackError:  # other weights than then: topics stand, but place nothing new
            model = None
        return from_json(kept[1], self._screened(), model=model)

    def keep_topics(self, topics: Topics) -> Topics:
        """Keep proposals after a person renamed, merged, split or dropped some; what they typed is read over first."""
        before = self.proposed
        old = {t.label for t in before} | set(before.set_aside.values()) if before is not None else set()
        labels = [(f"topic {t.id}", t.label) for t in topics if not _words(t.label) <= _words(" ".join(t.words))]
        reasons = [("the reason", why) for why in dict.fromkeys(topics.set_aside.values())]
        self._nameless([(where, said) for where, said in (*labels, *reasons) if said not in old], "topics")
        return self._put_topics(topics)

    def _put_topics(self, topics: Topics) -> Topics:
        from feedback.topics import to_json

        self._store.put_document(PROPOSALS, "topics.json", to_json(topics))
        return topics

    def accept_topic(self, topic: int | str, *, by: str, id: str = "", name: str = "") -> Codings:
        """Make a proposed topic a code of the codebook, and its units codings of `topics@version`, which people may correct."""
        found, book = self.topics, self.codebook
        by, _ = self._named(by)
        self._nameless([("the code", id.replace("_", " ")), ("the code", name)], "topics")
        number = found[topic].id
        topics = found.accept(number, by=by, id=id or found[number].code.id, name=name)
        code = topics[number].code
        if code.id in book and found[number].code.status != "accepted":
            raise FeedbackError(f"the codebook has a code {code.id!r} already: choose another id for topic {number}.")
        book = book.add(code)
        with tempfile.TemporaryDirectory() as folder:
            self.use_codebook(book.save(Path(folder) / "codebook.yaml"))
        self._put_topics(topics)
        return self.tag(cast("Tagger", topics))

    def follow(self, name: str = "", *, sessions: Iterable[str] = ()) -> Round:
        """Place a later round in the topics as they stand, by the model as it was; measure drift; propose a refit or not.

        The round is `sessions`, or all that the topics have not looked at. Its units join the topics, and accepted ones code
        them. Raises FeedbackError where nothing is new, or the topics hold no model.
        """
        from feedback.topics import follow

        before, corpus, rounds = self.topics, self._screened(), self._rounds_kept()
        wanted = list(dict.fromkeys(sessions)) or [s.id for s in corpus if s.id not in before.sessions]
        name = name.strip() or f"round {len(rounds) + 1}"
        self._nameless([("name", name)], "round")
        if not wanted:
            raise FeedbackError("the topics have looked at every session here: first add the next round, `feedback add FILE`")
        if any(r["name"] == name for r in rounds):
            raise FeedbackError(f"there is a round {name!r} of these topics already: give another name")
        if again := sorted(set(wanted) & set(before.sessions)):
            raise FeedbackError(f"the topics have looked at {', '.join(again)} already")
        found = follow(before, corpus.replace_sessions(corpus[s] for s in wanted))
        told = {"drift": found.drift, "refit_advised": found.refit_advised}
        self._keep_rounds([*rounds, {"name": name, "sessions": wanted, **told}])
        joined = self._put_topics(replace(found.joined, corpus=corpus))
        if any(t.code.status == "accepted" for t in joined):
            self.tag(cast("Tagger", joined))
        return found

    def topic_rounds(self) -> pd.DataFrame:
        """One row a topic and round placed by the same model; not suppressed, for those who work on the topics.

        Columns: topic, label, round, sessions, of, units, drift, refit_advised, private (True).
        """
        import pandas as pd

        rows = []
        for r in self._rounds_kept():
            own = set(r["sessions"])
            for t in self.topics:
                refs = [ref for ref in t.refs if ref.rpartition("#")[0] in own]
                heard = {ref.rpartition("#")[0] for ref in refs}
                rows.append((t.id, t.label, r["name"], len(heard), len(own), len(refs), r["drift"], r["refit_advised"], True))
        names = ["topic", "label", "round", "sessions", "of", "units", "drift", "refit_advised", "private"]
        return pd.DataFrame(rows, columns=names)

    def _rounds_kept(self) -> list[dict[str, Any]]:
        kept = self._store.document(ROUNDS)
        rounds: list[dict[str, Any]] = json.loads(kept[1]) if kept else []
        here = self._store.added()
        return [{**r, "sessions": [s for s in r["sessions"] if s in here]} for r in rounds]

    def _keep_rounds(self, rounds: list[dict[str, Any]]) -> None:
        self._store.put_document(ROUNDS, "rounds.json", json.dumps(rounds, ensure_ascii=False, sort_keys=True))

    def _keep_model(self, topics: Topics) -> None:
        from feedback.topics import freeze

        body = freeze(topics.model) if topics.model is not None else "{}"
        self._store.put_document(MODEL, "model.json", body)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def forget_words(store: Store, corpus: Corpus) -> dict[str, set[str]]:
    """Take out of proposals and frozen model what nobody in this corpus says: its sessions went.

    Returns what accepted topics were found by and nobody says, by code.
    """
    from feedback.topics import forget, from_json, said_in, to_json

    kept, frozen = store.document(PROPOSALS), store.document(MODEL)
    if kept is None:
        return {}
    said = said_in(corpus)
    after = from_json(kept[1], corpus).only_said(said)
    store.put_document(PROPOSALS, "topics.json", to_json(after))
    if frozen is not None and frozen[1] != "{}":
        try:
            body = forget(frozen[1], said)
        except FeedbackError:
            body = "{}"
        store.put_document(MODEL, "model.json", body)
    left = {t.code.id: {w for words in t.code.triggers.values() for w in words} for t in after}
    brought = {r["code"]["id"]: r["code"]["triggers"] for r in json.loads(kept[1])["topics"] if r["code"]["status"] == "accepted"}
    return {code: {w for words in by.values() for w in words} - left.get(code, set()) for code, by in brought.items()}
