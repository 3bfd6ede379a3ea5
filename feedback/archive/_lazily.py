"""What an archive gives to read: part by part, column by column, or as one whole that is read when looked at."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import feedback.archive._steps as steps
from feedback.archive._columns import HEADER, Columns, unpack_codings, unpack_corpus
from feedback.archive._kept import Kept, Piecework, mark
from feedback.archive._pages import codings_of, sessions_of
from feedback.codebook import Codebook, Coding, Codings, Discourse
from feedback.corpus import Corpus, Ref, Segment, Session
from feedback.crew import Crew, hire
from feedback.errors import FeedbackError, LeakError, RefError
from feedback.privacy import Finding, Group, Roster, joined, project_key

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Lazily"]

Progress = Callable[[str, int, int], None]


class Lazily:
    """An open archive and what can be read of it; nothing is held but the table of contents."""

    def __init__(
        self, folder: str | Path, *, scheduler: Any = None, workers: int | None = None, progress: Progress | None = None
    ) -> None:
        self._kept = Kept.open(Path(folder))
        self._given = (scheduler, workers)
        self._hands: Crew | None = None
        self._progress = progress or (lambda step, done, parts: None)
        self._computed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the workers go."""
        if self._hands is not None and self._hands is not self._given[0]:
            self._hands.close()
        self._hands = None

    @property
    def _crew(self) -> Crew:
        if self._hands is None:
            self._hands = hire(self._given[0], workers=self._given[1])
        return self._hands

    def __len__(self) -> int:
        """The number of units."""
        return sum(p.units for p in self._kept.parts)

    def read_parts(self) -> Iterator[Corpus]:
        """Yield the parts as they were read, unscreened, one at a time."""
        for part in self._kept.parts:
            yield unpack_corpus(self._kept.path("read", part.name))[0]

    def parts(self) -> Iterator[Corpus]:
        """Yield the parts that passed the gate, one at a time; a session larger than a part goes on in the next, from unit 0."""
        self._need("clear", "screen it first")
        for part in self._passed():
            yield unpack_corpus(self._made("clear", part))[0]

    def corpus(self) -> Corpus:
        """Everything that passed the gate as one value, sessions whole: headers in memory, units read when they are looked at.

        It holds as long as the archive is not changed; then StoreError says so.
        """
        self._need("clear", "screen it first")
        sessions = sessions_of([(p, self._made("clear", p)) for p in self._passed()])

        def seen(passed: Iterable[Session]) -> list[Session]:
            deque(passed, maxlen=0)  # each part is held against its certificate
            return sessions

        return joined(self.parts(), seen)

    def coding_parts(self) -> Iterator[tuple[tuple[Coding, ...], dict[str, Discourse]]]:
        """Yield the codings of each part, and what each of its units does."""
        self._need("tag", "tag it first")
        for part in self._passed():
            yield unpack_codings(self._made("codings", part, self._kept.said["tag"]))

    def codings(self) -> Codings:
        """All codings with their corpus, as `feedback.tag` gives them, for findings, plans and briefs; read when looked at."""
        self._need("tag", "tag it first")
        corpus = self.corpus()
        paths = {p.name: self._made("codings", p, self._kept.said["tag"]) for p in self._passed()}
        values, said = codings_of(corpus, paths, sum(self._counts("codings", "codings")))
        return Codings(values, corpus, Codebook.load(self._kept.folder / "codebook.yaml"), said)

    def frame(self) -> pd.DataFrame:
        """One row a unit that passed the gate, as `corpus.frame()`."""
        import pandas as pd

        frames = []
        for part, corpus in zip(self._passed(), self.parts(), strict=True):
            frame = corpus.frame()
            moved = {s.id: n for s, n in zip(corpus, part.offsets, strict=True) if n}
            if moved:
                frame["ref"] = [steps.moved(r, moved) for r in frame["ref"]]
                frame["prompt"] = [steps.moved(r, moved) if isinstance(r, str) else r for r in frame["prompt"]]
                frame["index"] += frame["session"].map(moved).fillna(0).astype("int64")
            frames.append(frame)
        if not frames:
            return Corpus().frame()
        whole = pd.concat(frames, ignore_index=True)
        for name in whole.columns[whole.dtypes == "object"]:  # a part may know nothing of a column
            whole[name] = pd.Series(whole[name].tolist())
        return whole

    def column(self, name: str) -> Iterator[Any]:
        """Yield one column of the units that passed the gate (text, speaker's label, role, kind, language ...), part by part."""
        self._need("clear", "screen it first")
        for part in self._passed():
            with Columns(self._made("clear", part)) as columns:
                yield from columns.column(name)

    def vectors(self) -> Iterator[tuple[list[str], Any]]:
        """Yield (refs, float32 rows of unit length) of each part."""
        yield from self._tables("embed", "vectors", lambda c: (c.text("ref"), c.array("vectors")))

    def places(self) -> Iterator[tuple[list[str], list[int], list[float]]]:
        """Yield (refs, topics, fits) of each part; topics are numbered as `discover` returned them."""
        numbers = {model: t for model, t, _, _ in self._kept.said.get("topics", ())}
        read = self._tables("place", "places", lambda c: (c.text("ref"), c.array("topic").tolist(), c.array("fit").tolist()))
        for refs, topics, fits in read:
            yield refs, [numbers.get(t, -1) for t in topics], fits

    def topics_frame(self) -> pd.DataFrame:
        """One row a topic, counted over all units: topic, label, words, units, sessions, audiences, private (not suppressed)."""
        import pandas as pd

        units: dict[int, int] = {}
        heard: dict[int, tuple[set[str], set[str]]] = {}
        for topics, sessions, audiences in self._tables(
            "place", "places", lambda c: (c.array("topic").tolist(), c.word("session"), c.word("audience"))
        ):
            for t, s, a in zip(topics, sessions, audiences, strict=True):
                units[t] = units.get(t, 0) + 1
                where, who = heard.setdefault(t, (set(), set()))
                where.add(s)
                if a:
                    who.add(a)
        rows = [
            (t, label, tuple(words), units.get(m, 0), len(where), tuple(sorted(who)), True)
            for m, t, label, words in self._kept.said.get("topics", ())
            for where, who in (heard.get(m, (set(), set())),)
        ]
        return pd.DataFrame(rows, columns=["topic", "label", "words", "units", "sessions", "audiences", "private"])

    def findings(self) -> Iterator[Finding]:
        """Yield what the gate found, by address, part by part; never the words."""
        self._need("clear", "screen it first")
        for part in self._passed():
            yield from (Finding(*row) for row in self._findings_of(part)["rows"])

    def groups(self) -> tuple[Group, ...]:
        """What a person has to decide: one row a distinct word (never the word) or held unit, the most frequent first."""
        found: dict[str, list[Any]] = {}
        for f in self.findings():
            if f.status == "open" and not f.sure:
                row = found.setdefault(f.group, [f, 0, []])
                row[1] += 1
                if len(row[2]) < 20:
                    row[2].append(f.ref)
        made = [Group(g, f.kind, f.tier, n, tuple(refs), f.score, f.status) for g, (f, n, refs) in found.items()]
        return tuple(sorted(made, key=lambda g: (g.kind != "disclosure", -g.count, g.id)))

    def resolve(self, ref: str | Ref) -> Segment:
        """Return the unit that an address names, as it passed the gate, reading one part; raises RefError."""
        asked = Ref.parse(ref) if isinstance(ref, str) else ref
        for part in self._passed():
            for i, (ident, units, before, _) in enumerate(part.sessions):
                if ident == asked.session and before <= asked.index < before + units:
                    session = unpack_corpus(self._made("clear", part))[0].values[i]
                    return Segment(str(asked.unit), session.turns[asked.index - before], session)
        raise RefError(f"there is no unit {asked.unit} in this archive")

    # ---- inside -------------------------------------------------------------------------------------------------

    def _need(self, step: str, remedy: str) -> None:
        if step not in self._kept.said or step in self._kept.said.get("stale", ()):
            kind = LeakError if step == "clear" else FeedbackError
            raise kind(f"this was not done in this archive since files were added: {remedy}")

    def _passed(self) -> list[Piecework]:
        cleared = self._kept.said.get("clear", {})
        return [p for p in self._kept.parts if p.name in cleared and self._made("clear", p).is_file()]

    def _made(self, step: str, part: Piecework, made_from: str = "") -> Path:
        cleared = self._kept.said["clear"][part.name]
        return self._kept.path(step, part.name, mark(cleared, made_from) if made_from else cleared)

    def _cleared(self, name: str) -> bool:
        return name in self._kept.said.get("clear", {})

    def _places_of(self, session: str) -> dict[str, dict[int, set[str]]]:
        """Where a session stands: part -> place in it -> the codes it was read and passed the gate with; either finds it."""
        out: dict[str, dict[int, set[str]]] = {}
        for part in self._kept.parts:
            codes = [{ident} for ident, *_ in part.sessions]
            if self._cleared(part.name) and self._made("clear", part).is_file():
                with Columns(self._made("clear", part)) as columns:
                    for known, row in zip(codes, columns.head()["sessions"], strict=True):
                        known.add(row[0])
            places = {i: known for i, known in enumerate(codes) if session in known}
            if places:
                out[part.name] = places
        return out

    def _receipt(self, session: str, places: Mapping[str, Collection[int]], by: str) -> dict[str, Any]:
        """What is withdrawn, as it is shown to whoever asked for it; `file` says that its source was left where it is."""
        units, marks = 0, []
        for part in self._kept.parts:
            if part.name in places:
                rows = self._heads(part.name)["sessions"]
                units += sum(rows[i][1] for i in places[part.name])
                marks += [rows[i][2][HEADER.index("sha256")] for i in sorted(places[part.name])]
        return {"session": session, "sha256": marks[0], "units": units, "parts": len(places), "by": by, "file": False}

    def _bytes(self, step: str, part: Piecework) -> Callable[[], bytes]:
        path = self._kept.path("read", part.name) if step == "read" else self._made(step, part)
        return path.read_bytes

    def _heads(self, name: str) -> Any:
        with Columns(self._kept.path("read", name)) as columns:
            return columns.head()

    def _findings_of(self, part: Piecework) -> Any:
        return steps.unpack_rows(self._made("findings", part).read_bytes())

    def _tables(self, said: str, step: str, read: Callable[[Columns], Any]) -> Iterator[Any]:
        self._need(said, {"embed": "embed it first", "place": "discover its topics first"}[said])
        for part in self._passed():
            with Columns(self._made(step, part, self._kept.said[said])) as columns:
                yield read(columns)

    def _counts(self, step: str, name: str) -> Iterator[int]:
        for part in self._passed():
            path = self._made(step, part, self._kept.said["tag"])
            if path.is_file():
                with Columns(path) as columns:
                    yield columns.head()[name]

    def _key(self) -> bytes:
        return project_key(self._kept.folder / "gate")

    def _roster(self, key: bytes) -> Roster | None:
        kept = self._kept.said.get("roster")
        return Roster.from_text(kept, key=key) if kept else None

    def _tidy(self) -> None:
        """Delete what was replaced; words that are no longer needed do not stay behind."""
        said, live = self._kept.said, set()
        for part in self._kept.parts:
            live.add(self._kept.path("read", part.name))
            if "look" in said:
                live.add(self._kept.path("found", part.name, said["look"]))
            if part.name in said.get("clear", {}):
                live |= {self._made("clear", part), self._made("findings", part)}
                made: Mapping[str, str] = {"tag": "codings", "embed": "vectors", "place": "places"}
                for marks in (said, said.get("begun", {})):
                    live |= {self._made(step, part, marks[what]) for what, step in made.items() if what in marks}
        self._kept.tidy(live)
