"""Archive: a corpus of any size in a folder of parts; the same verbs, done part by part by whoever there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import feedback.archive._steps as steps
from feedback.archive._gone import LATER, Gone, corpus_without, left_of, rows_without, words_left
from feedback.archive._inputs import digest_of, parts_of
from feedback.archive._kept import Piecework, mark
from feedback.archive._lazily import Lazily
from feedback.codebook import Codebook
from feedback.corpus import Corpus
from feedback.errors import FeedbackError, Problem, ReadError, StoreError
from feedback.ingest import Manifest, find_manifest
from feedback.privacy import (
    HELD,
    UNSIGNED,
    Finding,
    Pseudonyms,
    canaries,
    gate_version,
    label_names,
    order,
    read_over,
    read_roster,
    signer,
)
from feedback.tagging import part_of, tagger_version

if TYPE_CHECKING:
    from feedback.topics import Topics

__all__ = ["Archive", "Done"]

READING = 1  # version of reading and packing
SAMPLE = 20_000  # units that topics are found in


@dataclass(frozen=True)
class Done:
    """What a step did: parts in all, parts computed now (the others were there), units, problems, and its own counts."""

    step: str
    parts: int
    computed: int
    units: int
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        said = "".join(f"; {n:,} {what}" for what, n in self.counts.items())
        return f"{self.step}: {self.units:,} units in {self.parts:,} parts, {self.computed:,} computed now{said}"


class Archive(Lazily):
    """A corpus of any size, kept as parts in `folder`; each verb works part by part and goes on where it was interrupted.

    `scheduler` is a Dask address or Client; else `workers` processes of this machine do the work (None: one a core). Results
    are the same whoever works. `progress(step, done, parts)` is told of each part. What did not change is not computed again.

    Raises StoreError where the folder holds something else, or another run is at work in it.
    """

    def add(self, *paths: str | Path, manifest: str | Path | None = None) -> Done:
        """Read files or folders into parts. A source added again takes the place of what it was; parts that stayed stay."""
        problems: list[Problem] = []
        sources = [Path(p) for p in paths]
        for path in sources:
            if not path.exists():
                raise ReadError("there is no such file or folder.", file=path.name, remedy="Check the name.")
        names: list[tuple[str, str]] = []
        with self._kept.locked():
            before = {p.name for p in self._kept.parts}
            gone = Gone.of(self._kept.said)
            for path in sources:
                given = Path(manifest) if manifest else find_manifest(path) if path.is_dir() else None
                table = Manifest.load(given, base=path) if given else None
                cut = ((gone.name_of(f"{digest_of(p)}-{mark(READING, table)[:6]}"), p) for p in parts_of(path, problems))
                jobs = ((name, {"read": self._kept.path("read", name)}, p) for name, p in cut if name)
                work = partial(steps.read_part, table=table, gone=gone)
                names += [(name, _source(path)) for name in self._run("read", jobs, work, problems, whole=False)]
            replaced = {_source(p) for p in sources}
            kept = [(p.name, p.source) for p in self._kept.parts if p.source not in replaced]
            was = self._kept.parts
            self._number([*kept, *names], problems)
            if self._kept.parts != was:
                self._stale("clear", *LATER)
            self._kept.save()
        computed = sum(name not in before for name, _ in names)
        return self._done("read", computed, problems, {"sessions": len({s[0] for p in self._kept.parts for s in p.sessions})})

    def screen(
        self, *, roster: str | Path | Iterable[str] | None = None, context: bool = True, allow: Iterable[str] = ()
    ) -> Done:
        """Run the privacy gate: look at each part, number and group over all of them in order, clear each part.

        It plants synthetic identifiers first, as a project's screening does; where one survives, LeakError names the detector
        and nothing is let through. What is found and how it is numbered is what one screening of the whole would give.
        """
        with self._kept.locked():
            key = self._key()
            known = read_roster(roster, key=key) if roster is not None else self._roster(key)
            first = next(self.read_parts(), Corpus())
            canaries(first, seed=int(first.fingerprint[:8], 16)).check()
            problems: list[Problem] = []
            looked = mark("look", gate_version(), known.as_text() if known else None, context)
            work = partial(steps.look_part, roster=known, context=context)
            jobs = ((p.name, {"found": self._kept.path("found", p.name, looked)}, self._bytes("read", p)) for p in self._kept.parts)
            list(self._run("screen", jobs, work, problems))
            was = self._kept.said.get("clear")
            self._kept.said["allow"] = sorted(allow)
            states = self._clear(key, looked, self._kept.said["allow"], problems)
            self._fresh("clear")
            if self._kept.said["clear"] != was:
                self._stale(*LATER)
            if roster is not None and known is not None:
                self._kept.said["roster"] = known.as_text()
            self._kept.said["look"] = looked
            self._kept.save()
            self._tidy()
        return self._done("screen", self._computed, problems, states)

    def _clear(self, key: bytes, looked: str, allow: list[str], problems: list[Problem]) -> dict[str, int]:
        """Number and group in one ordered pass, then let each part be cleared."""
        kept = self._kept.folder / "register.json"
        register = Pseudonyms.from_text(kept.read_text("utf-8"), key=key) if kept.is_file() else Pseudonyms(key)
        decisions: dict[str, tuple[str, str, str]] = {g: tuple(d) for g, d in self._kept.said.get("decisions", {}).items()}

        def found() -> Iterator[list[list[Any]]]:
            for part in self._kept.parts:
                by = {s[0]: s[2] for s in part.sessions if s[2]}
                path = self._kept.path("found", part.name, looked)
                rows = steps.unpack_rows(path.read_bytes()) if path.is_file() else []
                yield [[steps.moved(r[0], by) if "#" in r[0] else r[0], *r[1:]] for r in rows] if by else rows

        cleared: dict[str, str] = {}

        def jobs() -> Iterator[tuple[str, dict[str, Path], Any]]:
            for part, findings in zip(self._kept.parts, order(found, key=key, register=register, allow=allow), strict=True):
                if not self._kept.path("found", part.name, looked).is_file():
                    continue  # it failed: it stays out, and is named
                mine = {f.group: decisions[f.group] for f in findings if f.group in decisions}
                cleared[part.name] = made_from = mark(findings, sorted(mine.items()), part.sessions)
                paths = {s: self._kept.path(s, part.name, made_from) for s in ("clear", "findings")}
                given = (self._kept.path("read", part.name), findings, mine, [s[3] for s in part.sessions], part.offsets)
                yield part.name, paths, lambda given=given: (given[0].read_bytes(), *given[1:])

        list(self._run("clear", jobs(), steps.clear_part, problems))
        self._kept.put(kept, register.as_text().encode())
        self._kept.said["clear"] = cleared
        states: dict[str, int] = {}
        for part in self._passed():
            for state, n in self._findings_of(part)["states"].items():
                states[state] = states.get(state, 0) + n
        return dict(sorted(states.items()))

    def decide(self, group: str, decision: str, *, by: str, why: str) -> None:
        """Keep a person's decision about all places of one word; the next `screen` clears anew what it stands in."""
        if not why.strip():
            raise FeedbackError(UNSIGNED)
        key = self._key()
        by = signer(by)
        read_over([("the reason", why)], "why", roster=self._roster(key), key=key)
        found = next((f for f in self.findings() if f.group == group), None)
        if found is None:
            raise FeedbackError("no finding has this address; `groups()` lists them")
        self._try(found, decision, by=by, why=why)
        self._kept.said.setdefault("decisions", {})[group] = [decision, by, why]
        self._kept.save()

    def withdraw(self, session: str, *, by: str, why: str) -> dict[str, Any]:
        """Take a session out of every part, finding, coding, vector and topic; return a receipt. The others stay as they are.

        What its words alone said goes out of the topics' words too. Read again, its source comes in without it (its code is kept
        as a salted hash); the source itself, and back-ups, are for whoever keeps them. Raises StoreError where there is none.
        """
        if not why.strip():
            raise FeedbackError(UNSIGNED)
        key = self._key()
        by = signer(by)
        read_over([("the reason", why)], "why", roster=self._roster(key), key=key)
        with self._kept.locked():
            places = self._places_of(session)
            if not places:
                raise StoreError(f"there is no session {session!r} in this archive")
            gone, receipt = Gone.of(self._kept.said), self._receipt(session, places, by)
            there = {w: self._kept.said[w] for w in LATER if w in self._kept.said and w not in self._kept.said.get("stale", ())}
            old = {p.name: p for p in self._kept.parts}
            was = {n: {w: self._made(LATER[w][0], old[n], m) for w, m in there.items()} for n in places if self._cleared(n)}
            idents = {code for found in places.values() for codes in found.values() for code in codes}
            renamed: dict[str, str] = {}
            for k, part in enumerate(self._kept.parts):
                if part.name in places:
                    left = self._kept.parts[k] = left_of(part, places[part.name])
                    gone, renamed[left.name] = gone.renamed(part.name, left.name), part.name
                    self._leave(part, left, places[part.name])
            self._kept.parts = [p for p in self._kept.parts if p.name]
            self._kept.said["gone"] = gone.joined_by(idents).said()
            self._kept.said.setdefault("withdrawn", []).append({"units": receipt["units"], "by": by, "why": why})
            self._stale("clear", *LATER)
            self._kept.save()
            self._settle({new: was[n] for new, n in renamed.items() if n in was and new}, there, idents)
        return receipt

    def _leave(self, part: Piecework, left: Piecework, places: Collection[int]) -> None:
        """Write what was read of a part, and found in it, without the sessions at these places."""
        if not left.name:
            return
        self._kept.put(self._kept.path("read", left.name), corpus_without(self._kept.path("read", part.name), places))
        looked = self._kept.said.get("look")
        found = self._kept.path("found", part.name, looked or "none")
        if looked and found.is_file():
            rows = rows_without(steps.unpack_rows(found.read_bytes()), {part.sessions[i][0] for i in places})
            self._kept.put(self._kept.path("found", left.name, looked), steps.pack_rows(rows))

    def _settle(self, was: dict[str, dict[str, Path]], there: dict[str, str], idents: set[str]) -> None:
        """Clear what is left, carry over what later steps made of it, and let nothing of what went stay behind."""
        problems: list[Problem] = []
        if "look" in self._kept.said:
            self._clear(self._key(), self._kept.said["look"], self._kept.said.get("allow", []), problems)
            self._fresh("clear")
            live = {f.group for f in self.findings()}
            self._kept.said["decisions"] = {g: d for g, d in self._kept.said.get("decisions", {}).items() if g in live}
        for part in self._passed():
            for what, path in was.get(part.name, {}).items():
                if path.is_file():
                    self._kept.put(self._made(LATER[what][0], part, there[what]), LATER[what][1](path, idents))
        for what in there:
            self._fresh(what)
        if "topics" in self._kept.said:
            from feedback.topics import said_in

            self._kept.said["topics"] = words_left(self._kept.said["topics"], said_in(self.corpus()))
        self._kept.save()
        self._tidy()
        if problems:
            raise FeedbackError("; ".join(map(str, problems[:3])))

    @staticmethod
    def _try(found: Finding, decision: str, *, by: str, why: str) -> None:
        from feedback.privacy import Audit

        Audit((found,)).decide(found.group, decision=decision, by=by, why=why)

    def tag(self, book: Codebook, *, taggers: Iterable[str] | None = None) -> Done:
        """Lay codes on what passed the gate, as `feedback.tag` does."""
        printed = [(f"code {c.id}", x) for c in book for x in (c.name, c.report_as, *c.statements.values()) if x]
        read_over(printed, "codebook", roster=self._roster(self._key()), held=HELD - {"person"}, context=False)
        work = part_of(book, taggers=None if taggers is None else list(taggers))
        problems: list[Problem] = []
        with self._kept.locked():
            made_from = self._begun("tag", mark("tag", tagger_version(), work.taggers))
            list(self._run("tag", self._jobs("codings", made_from), partial(steps.tag_part, work=work), problems))
            self._kept.said["tag"] = made_from
            self._fresh("tag")
            book.save(self._kept.folder / "codebook.yaml")
            self._kept.save()
            self._tidy()
        return self._done("tag", self._computed, problems, {"codings": sum(self._counts("codings", "codings"))})

    def embed(self) -> Done:
        """Turn participants' units into vectors (the static model); `vectors()` reads them."""
        problems: list[Problem] = []
        with self._kept.locked():
            made_from = self._begun("embed", mark("embed", 1))
            list(self._run("embed", self._jobs("vectors", made_from), steps.embed_part, problems))
            self._kept.said["embed"] = made_from
            self._fresh("embed")
            self._kept.save()
        return self._done("embed", self._computed, problems, {})

    def discover(self, *, n_topics: int | None = None, seed: int = 0, sample: int = SAMPLE) -> Topics:
        """Find topics in whole sessions of about `sample` units, evenly drawn, and place all other units on the workers.

        Returns the topics as found in the sample; `places()` gives every unit's topic, `topics_frame()` the counts of all.
        """
        from feedback.topics import discover

        problems: list[Problem] = []
        drawn = self._drawn(sample)
        topics = discover(drawn, seed=seed, n_topics=n_topics)
        with self._kept.locked():
            made_from = self._begun("place", mark("place", drawn.fingerprint, seed, n_topics))
            jobs = self._jobs("places", made_from)
            list(self._run("place", jobs, steps.place_part, problems, kit=topics.model))
            self._kept.said["place"] = made_from
            self._fresh("place")
            self._kept.said["topics"] = [[t.parts[0], t.id, t.label, list(t.words)] for t in topics]
            self._kept.save()
        if problems:
            raise FeedbackError("; ".join(map(str, problems[:3])))
        return topics

    # ---- inside -------------------------------------------------------------------------------------------------

    def _jobs(self, step: str, made_from: str) -> Iterator[tuple[str, dict[str, Path], Any]]:
        if not self._kept.parts:
            raise FeedbackError("there is nothing in this archive yet: add files first")
        self._need("clear", "screen it first")
        for part in self._passed():
            yield part.name, {step: self._made(step, part, made_from)}, self._bytes("clear", part)

    def _run(
        self, step: str, jobs: Iterable[tuple[str, dict[str, Path], Any]], work: Any, problems: list[Problem], *,
        kit: Any = None, whole: bool = True,
    ) -> Iterator[str]:  # fmt: skip
        """Yield the name of each part that has its results, in order, computing those that have not.

        A part that fails becomes a problem, and the others go on. `whole` says that the number of parts is known.
        """
        total = len(self._kept.parts) if whole else 0
        waiting: list[tuple[str, dict[str, Path], bool]] = []
        self._computed = 0

        def fresh() -> Iterator[Any]:
            for name, paths, given in jobs:
                there = all(p.is_file() for p in paths.values())
                waiting.append((name, paths, there))
                if not there:
                    yield given() if callable(given) else given

        done = 0
        for made in self._crew.map(steps.Attempt(work), fresh(), kit=kit):
            while waiting[0][2]:
                done += 1
                yield waiting.pop(0)[0]
            name, paths, _ = waiting.pop(0)
            done += 1
            self._progress(step, done, total)
            if isinstance(made, str):
                problems.append(Problem(self._source(name), f"part {done}", f"{step}: {made}"))
                continue
            for what, body in made.items():
                self._kept.put(paths[what], body)
            self._computed += 1
            yield name
        for name, _, _ in waiting:
            yield name

    def _stale(self, *what: str) -> None:
        self._kept.said["stale"] = sorted({*self._kept.said.get("stale", ()), *what} & self._kept.said.keys())

    def _fresh(self, what: str) -> None:
        self._kept.said["stale"] = [w for w in self._kept.said.get("stale", ()) if w != what]
        self._kept.said["begun"] = {w: m for w, m in self._kept.said.get("begun", {}).items() if w != what}

    def _begun(self, what: str, made_from: str) -> str:
        """Note a step before its parts are computed, so that what an interrupted run has made is not swept out."""
        self._kept.said["begun"] = {**self._kept.said.get("begun", {}), what: made_from}
        self._kept.save()
        return made_from

    def _source(self, name: str) -> str:
        return next((p.source for p in self._kept.parts if p.name == name), "archive")

    def _number(self, names: Iterable[tuple[str, str]], problems: list[Problem]) -> None:
        """Write the table of contents: where a session goes on in a later part, its units count on."""
        units: dict[str, int] = {}
        numbers: dict[str, int] = {}
        self._kept.parts = []
        for name, source in dict.fromkeys(names):
            corpus = self._heads(name)
            problems += [Problem(*p) for p in corpus["problems"]]
            sessions = []
            for ident, count, *_ in corpus["sessions"]:
                sessions.append((ident, count, units.get(ident, 0), numbers.setdefault(ident, len(numbers) + 1)))
                units[ident] = units.get(ident, 0) + count
            self._kept.parts.append(Piecework(name, source, tuple(sessions)))

    def _drawn(self, units: int) -> Corpus:
        """Whole sessions, evenly spaced, with about so many units."""
        from feedback.privacy import joined

        total = sum(p.units for p in self._passed())
        every = max(1, -(-total // max(1, units)))
        count = iter(range(total + 1))
        return joined(self.parts(), lambda sessions: [s for s in sessions if next(count) % every == 0])

    def _done(self, step: str, computed: int, problems: list[Problem], counts: Mapping[str, int]) -> Done:
        parts = self._kept.parts
        return Done(step, len(parts), computed, sum(p.units for p in parts), tuple(problems), counts)


def _source(path: Path) -> str:
    """The name by which a source is known again: its own, or a digest of it where that may be somebody's."""
    return f"source-{mark(path.name)}" if label_names(path.stem) else path.name
