"""Coding: what machines and people lay on units that passed the gate."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.codebook import Codebook, Coding, Codings
from feedback.errors import FeedbackError, LeakError
from feedback.project._base import Base

if TYPE_CHECKING:
    from feedback.tagging import Review, Tagger
    from feedback.topics import Topics


@lru_cache(maxsize=4)
def _read(name: str, body: str) -> Codebook:
    """A kept codebook; the same text is read once a process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"codebook{Path(name).suffix or '.yaml'}"
        path.write_text(body, encoding="utf-8")
        return Codebook.load(path)


class Coder(Base):
    """The codebook, codings of machines and people, topics, agreement."""

    @property
    def codebook(self) -> Codebook:
        """The project's codebook; raises FeedbackError where none was given yet."""
        kept = self._store.document("codebook")
        if kept is None:
            raise FeedbackError("this project has no codebook yet: give one with `feedback codebook use FILE`")
        return _read(*kept)

    def use_codebook(self, path: str | Path) -> Codebook:
        """Check a codebook file and keep it in the project."""
        book = Codebook.load(path)
        self._store.put_document("codebook", Path(path).name, Path(path).read_text(encoding="utf-8-sig"))
        return book

    def tag(self, *taggers: Codebook | Tagger) -> Codings:
        """Code everything that passed the gate; each tagger replaces its own codings, never a person's."""
        from feedback.tagging import tag

        book = self.codebook
        made = tag(self._screened(), *(taggers or (book,)))
        said = {ref: (d.category, d.polarity, d.about) for ref, d in made.discourse.items()}
        names = sorted({c.tagger for c in made})
        self._store.put_codings(
            made.values, said, {"verb": "tag", "taggers": _families(names), "codings": len(made), "by": names}
        )
        return self.codings

    @property
    def codings(self) -> Codings:
        """All codings: the machines' and people's."""
        from feedback.codebook import Discourse

        corpus = self.corpus
        held = {s.ref for s in corpus.segments(everyone=True, withheld=True) if s.turn.withheld}
        values = tuple(c for c in self._store.codings() if c.ref not in held)
        said = {ref: Discourse(*d) for ref, d in self._store.discourse().items()}
        return Codings(values, corpus, self.codebook, said)

    def code(self, codings: Iterable[Coding]) -> Codings:
        """Keep a person's codings (tagger `human:initials`); raises RefError for addresses that name no unit."""
        corpus, book, kept = self.corpus, self.codebook, list(codings)
        for c in kept:
            if not c.tagger.startswith("human:"):
                raise FeedbackError(f"{c.ref}: a person's coding names its coder as `human:initials`, not {c.tagger!r}")
            if corpus.resolve(c.ref).turn.withheld:
                raise LeakError(f"{c.ref} is held by the privacy gate and cannot be coded yet", [c.ref])
            if c.code not in book:
                raise FeedbackError(f"{c.ref}: there is no code {c.code!r} in this codebook")
        self._store.put_codings(
            kept, None, {"verb": "code", "codings": len(kept), "by": sorted({c.tagger for c in kept})}
        )
        return self.codings

    def learn(self) -> Codings:
        """Train on people's codings in this project and keep the suggestions of what was learned."""
        from feedback.tagging import learn

        return self.tag(self.codebook, learn(self.codings))

    def discover(
        self, *, method: str = "graph", n_topics: int | None = None, seed: int = 0, everything: bool = False
    ) -> Topics:
        """Propose topics for what the codebook does not cover (or for `everything`), and keep the proposal."""
        from feedback.topics import discover

        options: dict[str, Any] = {"method": method, "n_topics": n_topics, "seed": seed}
        codings = None if everything else (self.codings if self._store.codings() else None)
        topics = discover(self._screened(), codings=codings, **options)
        said = {**options, "everything": everything}
        self._store.put_document("topics", "topics.json", json.dumps(said, sort_keys=True))
        return topics

    def review(self, *others: Codings) -> Review:
        """Compare coders and taggers with one another: agreement per code, coverage, overlap."""
        from feedback.tagging import review

        return review(self.codings, *others)


def _families(names: Iterable[str]) -> list[str]:
    return sorted({n.split("@")[0] for n in names})
