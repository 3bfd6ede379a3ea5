"""Set what came in against a corpus and a codebook: which unit, which code, who; what fits nowhere is listed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from feedback.codebook import ABOUTS, CATEGORIES, POLARITIES, Codebook, Coding, Codings, Discourse
from feedback.corpus import Corpus, Ref, Session, Speaker, Turn
from feedback.exchange._codes import match
from feedback.exchange._layout import Span, align, touched
from feedback.exchange._losses import Loss, Losses
from feedback.exchange._memos import NAMELESS, Memo, passed, read_memo
from feedback.exchange._read import Incoming, Mark, Source
from feedback.exchange._write import source_guid

_OURS = re.compile(r"^(?:human:\S.*|(?:rules|model|topics)@\S+)$")
_MOST_TURNS = 100_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brings: codings on units of the corpus, memos, and what did not fit.

    Attributes:
        codings: with the corpus and codebook they were set against (or that the file itself brought).
        memos: notes on units or on the whole. left_out: one line a thing that fits nowhere, never anyone's words.
        losses: the loss report.
    """

    codings: Codings
    memos: tuple[Memo, ...] = ()
    left_out: tuple[str, ...] = ()
    losses: Losses = field(default_factory=lambda: Losses("", "import"))


def settle(
    incoming: Incoming, *, corpus: Corpus | None = None, codebook: Codebook | None = None, coder: str | None = None
) -> Imported:
    """Turn a project that came in into codings.

    Without a corpus, its own sources become one (unscreened: it has to pass the gate like any other); without a
    codebook, its own codes. A coding takes the tagger's or coder's name of this program; other people become
    `human:` and their initials, or `human:CODER` where the file knows of at most one person.
    """
    return _Settling(incoming, corpus, codebook, coder).done()


class _Settling:
    def __init__(self, incoming: Incoming, corpus: Corpus | None, book: Codebook | None, coder: str | None) -> None:
        self.incoming, self.lost = incoming, Counter[str]()
        self.places: dict[int, tuple[Session, dict[int, Span]]] = {}
        self.discourse: dict[str, Discourse] = {}
        self.maps = {s.number: found for s in incoming.sources if (found := _map_in(s)) is not None}
        self.corpus = self._own_corpus() if corpus is None else corpus
        if corpus is not None:
            self._find_sessions(corpus)
        self.book = incoming.codes.codebook if book is None else book
        self.codes: Mapping[str, str | None] = (
            {c.id: c.id for c in incoming.codes.codebook} if book is None else match(incoming.codes, book)
        )
        self.taggers = _taggers(incoming, coder)
        self.unknown: Counter[str] = Counter()
        self.found: dict[tuple[str, str, str], tuple[set[Span] | None, list[str]]] = {}
        self.memos: list[Memo] = []
        self.read = 0

    def done(self) -> Imported:
        for source in self.incoming.sources:
            place = self.places.get(source.number)
            title = place[0].id if place else ""
            kept = [m for m in source.memos if source.number not in self.maps or _json(m) is None]
            self.memos += [Memo(m, None, title) for m in kept]
            if place is None:
                self.lost["unplaced"] += sum(len(s.marks) for s in source.selections)
                self.memos += [Memo(text, None, "") for s in source.selections for _, text in s.memos]
                continue
            self._source(source, *place)
        self.memos += [Memo(text, None, "" if name == NAMELESS else name) for name, text in self.incoming.memos]
        values = sorted((self._coding(*item) for item in self.found.items()), key=_order)
        codings = Codings(tuple(values), self.corpus, self.book, self.discourse)
        return Imported(codings, tuple(self.memos), self._left_out(), self._losses(codings))

    # ---- which session ------------------------------------------------------------------------------------------

    def _find_sessions(self, corpus: Corpus) -> None:
        by_guid, by_name = {source_guid(s.id): s for s in corpus}, dict[str, Session]()
        for s in corpus:
            for name in (s.id, s.file, *(t.file for t in s.turns)):
                for known in (name, PurePath(name).stem if name else ""):
                    by_name.setdefault(known.casefold(), s)
        by_name.pop("", None)
        for source in self.incoming.sources:
            name = source.name.casefold()
            session = by_guid.get(source.guid) or by_name.get(name) or by_name.get(PurePath(name).stem if name else "")
            if session is not None and source.text is not None:
                spans = align(source.text, session)
                self.lost["units"] += sum(t.withheld is None and bool(t.text.strip()) for t in session.turns) - len(
                    spans
                )
                self.places[source.number] = (session, spans)

    def _own_corpus(self) -> Corpus:
        sessions: list[Session] = []
        for source in self.incoming.sources:
            if source.text is None:
                continue
            taken = {s.id for s in sessions}
            made = self._from_map(source) if source.number in self.maps else self._from_lines(source)
            n, ident = 2, made[0].id
            while made[0].id in taken:
                made = (replace(made[0], id=f"{ident}-{n}"), made[1])
                n += 1
            sessions.append(made[0])
            self.places[source.number] = made
        return Corpus(tuple(sessions))

    def _from_map(self, source: Source) -> tuple[Session, dict[int, Span]]:
        found, text = self.maps[source.number], source.text or ""
        spans = {int(u["i"]): (int(u["at"][0]), int(u["at"][1])) for u in found["units"]}
        ident = str(found["session"])
        turns = [Turn(i, "", withheld="held when it was exported") for i in range(int(found["turns"]))]
        for u in found["units"]:
            i = int(u["i"])
            said = {k: v for k, v in u.items() if k not in ("i", "at", "says", "speaker", "role")}
            speaker = Speaker(u.get("speaker"), u.get("role", "participant"))
            turns[i] = Turn(i, text[spans[i][0] : spans[i][1]], speaker, **said)
            if "says" in u:
                self.discourse[f"{ident}#{i}"] = Discourse(*u["says"])
        head = {k: v for k, v in found.items() if k not in ("session", "turns", "units")}
        head["languages"] = tuple(head.get("languages", ()))
        return Session(ident, tuple(turns), **head), spans

    def _from_lines(self, source: Source) -> tuple[Session, dict[int, Span]]:
        name = PurePath(source.name).stem if source.name else ""
        ident = name.replace("#", "-").strip() or f"source-{source.number}"
        spans: dict[int, Span] = {}
        turns: list[Turn] = []
        at = 0
        for line in (source.text or "").split("\n"):
            words = line.strip()
            if words:
                start = at + line.index(words)
                spans[len(turns)] = (start, start + len(words))
                turns.append(Turn(len(turns), words))
            at += len(line) + 1
        cases = [c.values for c in self.incoming.cases if source.guid in c.sources]
        values = {k.casefold(): v.strip() for case in cases for k, v in case.items()}
        languages = tuple(part.strip() for part in values.get("languages", "").split(",") if part.strip())
        return Session(
            ident, tuple(turns), month=values.get("month") or None, audience=values.get("audience") or None,
            languages=languages, participants=_whole(values.get("participants")), spa=_whole(values.get("spa")),
        ), spans  # fmt: skip

    # ---- which unit, which code, who ----------------------------------------------------------------------------

    def _source(self, source: Source, session: Session, spans: dict[int, Span]) -> None:
        for s in source.selections:
            parts = touched((s.start, s.end), spans, session)
            if not parts:
                self.lost["nowhere"] += len(s.marks)
                self.memos += [Memo(text, None, "") for _, text in s.memos]
                continue
            for mark in s.marks:
                self._mark(mark, session, parts, s.name)
            ref = f"{session.id}#{parts[0][0]}"
            whole = parts[0][1] == (0, len(session.turns[parts[0][0]].text)) and s.name != _spelled(ref, parts[0][1])
            at = ref if whole else _spelled(ref, parts[0][1])
            self.memos += [Memo(text, at, "" if name in (s.name, at) else name) for name, text in s.memos]

    def _mark(self, mark: Mark, session: Session, parts: Iterable[tuple[int, Span]], name: str) -> None:
        code = self.codes.get(mark.code)
        if code is None:
            self.unknown[mark.code] += 1
            return
        self.read += 1
        tagger = self.taggers.get(mark.user) or self.taggers[""]
        for index, part in parts:
            ref = f"{session.id}#{index}"
            text = session.turns[index].text
            whole = not (text[: part[0]] + text[part[1] :]).strip() and name != _spelled(ref, part)
            spans, memos = self.found.get((ref, code, tagger), (set(), []))
            together = None if whole or spans is None else spans | {part}
            if mark.memo.strip() and mark.memo not in memos:
                memos = [*memos, mark.memo]
            self.found[(ref, code, tagger)] = (together, memos)

    def _coding(self, key: tuple[str, str, str], what: tuple[set[Span] | None, list[str]]) -> Coding:
        (ref, code, tagger), (spans, memos) = key, what
        said = read_memo("\n\n".join(memos))
        if spans is None:
            spans = _evidence(said.get("evidence", ""), len(self.corpus.text_of(ref)))
        return Coding(
            ref, code, tagger, score=_score(said.get("score", "1.0")), evidence=tuple(sorted(spans or ())),
            category=_one_of(said.get("category"), CATEGORIES, "other"), polarity=_one_of(said.get("polarity"), POLARITIES, "none"),
            about=_one_of(said.get("about"), ABOUTS, "none"), why=said["why"],
        )  # fmt: skip

    # ---- what did not fit ---------------------------------------------------------------------------------------

    def _left_out(self) -> tuple[str, ...]:
        lines = [
            f"{self._code_name(ident)}: {n} coding{'s' if n > 1 else ''}; the codebook has no such code"
            for ident, n in sorted(self.unknown.items(), key=lambda item: self.incoming.codes.place.get(item[0], 0))
        ]
        for s in self.incoming.sources:
            marks = sum(len(x.marks) for x in s.selections)
            if s.number not in self.places and (marks or s.text is not None):
                why = "its text is not in the file" if s.text is None else "no session here goes by its name"
                lines.append(f"source {s.number}: {marks} coding{'' if marks == 1 else 's'}; {why}")
        return tuple(lines)

    def _code_name(self, ident: str) -> str:
        """A code's place in the file, and its name where that cannot be somebody's words (an in-vivo code is)."""
        place = f"code {self.incoming.codes.place.get(ident, 0)} of the file"
        name = next((c.name for c in self.incoming.codes.codebook if c.id == ident), "")
        texts = [s.text for s in self.incoming.sources]
        spoken = not texts or any(t is None or name.casefold() in t.casefold() for t in texts)
        return place if spoken or len(name) > 60 else f"{place} ({name})"

    def _losses(self, codings: Codings) -> Losses:
        lost = (
            *self.incoming.lost,
            Loss(self.lost["unplaced"], "codings on sources that could not be placed."),
            Loss(sum(self.unknown.values()), "codings with codes that the codebook does not have.",
                 "Import the codebook (.qdc) first, or add the codes."),
            Loss(self.lost["nowhere"], "codings on passages that touch no unit here (labels, blank lines, held or changed words)."),
            Loss(max(0, self.lost["units"]), "units whose words were not found in the sources (changed, or held)."),
        )  # fmt: skip
        people = len({c.tagger for c in codings})
        kept = (
            f"{self.read} of {self.incoming.codings} codings, as {len(codings)} codings of units, by {people} taggers and coders",
            f"{len(self.incoming.codes.codebook)} codes, {len(self.incoming.sources)} text sources, {len(self.memos)} memos, "
            f"{len(self.incoming.cases)} cases",
        )  # fmt: skip
        ways = sorted({s.counted for s in self.incoming.sources if s.counted})
        notes = tuple(f"In some sources places were read as: {w} (their quotations say so)." for w in ways)
        return Losses(self.incoming.file, "import", kept, lost, notes)


def gated(imported: Imported) -> Imported:
    """Send the memos of an import through the privacy gate; those that are held are left out and counted."""
    codings = imported.codings
    whys = passed([c.why for c in codings])
    texts = passed([m.text for m in imported.memos])
    names = passed([m.name for m in imported.memos])
    held = sum(w is None for w in whys) + sum(t is None for t in texts)
    values = tuple(replace(c, why=w or "") for c, w in zip(codings, whys, strict=True))
    memos = tuple(
        replace(m, text=t, name=n or "") for m, t, n in zip(imported.memos, texts, names, strict=True) if t is not None
    )
    loss = Loss(held, "memos held by the privacy gate.", "Take names and identifying details out, and import again.")
    losses = replace(imported.losses, lost=(*imported.losses.lost, loss))
    return replace(imported, codings=replace(codings, values=values), memos=memos, losses=losses)


def _taggers(incoming: Incoming, coder: str | None) -> dict[str, str]:
    """The tagger's name of this program for each user by GUID; `""` stands for whoever is not named."""
    used = {m.user for s in incoming.sources for x in s.selections for m in x.marks}
    people = {g: n for g, n in incoming.users.items() if not (_OURS.match(n) or (incoming.own and n))}
    out = {g: n for g, n in incoming.users.items() if g not in people}
    default = f"human:{coder or 'import'}"
    several = len([g for g in people if g in used]) > 1 or not coder
    taken = set(out.values())
    for g, name in people.items():
        initials = "".join(w[0] for w in re.findall(r"\w+", name.casefold())[:4]) or "import"
        tagger, n = (f"human:{initials}", 2) if several else (default, 0)
        while tagger in taken and n:
            tagger, n = f"human:{initials}{n}", n + 1
        taken.add(tagger)
        out[g] = tagger
    return out | {"": default}


def _map_in(source: Source) -> dict[str, Any] | None:
    """The map of units that this program left with a source; None where there is none that fits its text."""
    for memo in source.memos:
        found = _json(memo)
        if found is None or source.text is None:
            continue
        try:
            turns = [Turn(int(u["i"]), "", **{k: v for k, v in u.items() if k not in ("i", "at", "says", "speaker", "role")})
                     for u in found["units"]]  # fmt: skip
            inside = all(0 <= int(u["at"][0]) <= int(u["at"][1]) <= len(source.text) for u in found["units"])
            Session(str(found["session"]), **{k: v for k, v in found.items() if k not in ("session", "turns", "units")})
        except (KeyError, TypeError, ValueError, IndexError):
            continue
        if (
            inside
            and all(0 <= t.index < int(found["turns"]) <= _MOST_TURNS for t in turns)
            and "#" not in found["session"]
        ):
            return found
    return None


def _json(text: str) -> dict[str, Any] | None:
    if not text.startswith("{") or '"units"' not in text:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("units"), list) else None


def _spelled(ref: str, part: Span) -> str:
    return f"{ref}:{part[0]}-{part[1]}"


def _order(coding: Coding) -> tuple[str, int, str, str]:
    ref = Ref.parse(coding.ref)
    return ref.session, ref.index, coding.code, coding.tagger


def _evidence(said: str, size: int) -> set[Span]:
    spans = {(int(s), int(e)) for s, e in re.findall(r"(\d{1,9})-(\d{1,9})", said)}
    return {(s, e) for s, e in spans if s < e <= size}


def _one_of(value: str | None, allowed: tuple[str, ...], other: str) -> str:
    return value if value in allowed else other


def _score(value: str) -> float:
    try:
        score = float(value)
    except ValueError:
        return 1.0
    return score if 0 <= score <= 1 else 1.0


def _whole(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 6 else None
