"""A project as REFI-QDA `.qdpx`: codebook, sources, codings, cases and memos that NVivo, ATLAS.ti and MAXQDA open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from feedback.codebook import Coding, Codings, Discourse
from feedback.corpus import Ref, Session, Speaker, Turn
from feedback.exchange._codes import codes_to_xml
from feedback.exchange._layout import Layout, lay_out
from feedback.exchange._losses import Loss, Losses
from feedback.exchange._memos import NAMELESS, Memo, memo_of
from feedback.exchange._qdc import book_losses, origin
from feedback.exchange._xml import PROJECT_NS, clean, document, guid, pack, serialize
from feedback.privacy import require_clear

MAP_NAME = "feedback: places of the units"
VARIABLES = {
    "audience": "Text", "month": "Text", "spa": "Integer", "languages": "Text", "participants": "Integer",
    "quote_consent": "Text", "recorded": "Boolean", "format": "Text",
}  # fmt: skip
_PLAIN = {f.name: f.default for f in fields(Turn) if f.name not in ("index", "text", "speaker", "withheld", "file")}
MachinesOn = Literal["unit", "evidence"]


def write_qdpx(
    codings: Codings, path: Path, *, memos: Iterable[Memo] = (), machines_on: MachinesOn = "unit",
    colours: Mapping[str, str] | None = None, name: str = "listening sessions",
) -> Losses:  # fmt: skip
    """Write everything that passed the gate as one `.qdpx`; returns the loss report.

    One text source and one case a session, one user a tagger, one selection a passage. A person's coding lies on the
    passage they chose; a machine's lies on the whole unit (its evidence stands in the memo), or with
    `machines_on="evidence"` on the words that made it say so. The same values give the same bytes.

    Raises:
        LeakError: the corpus has open findings, and the codings were not made with a reason for passing them.
    """
    require_clear(codings.corpus, unscreened=codings.unscreened)
    writing = _Writing(codings, machines_on)
    root = writing.project(name, tuple(memos), colours)
    members = {"project.qde": serialize(root)}
    members |= {f"sources/{g}.txt": text.encode("utf-8") for g, text in sorted(writing.texts.items())}
    path.write_bytes(pack(members))
    return writing.losses(path.name)


def source_guid(session: str) -> str:
    """The GUID of a session's text source, on every export."""
    return guid("source", session)


class _Writing:
    def __init__(self, codings: Codings, machines_on: MachinesOn) -> None:
        self.codings, self.machines_on = codings, machines_on
        self.texts: dict[str, str] = {}
        self.notes: dict[str, tuple[str, str]] = {}  # GUID -> name, text
        self.lost: Counter[str] = Counter()
        self.spans: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
        self.known = {c.id for c in codings.codebook}
        self.kept = 0

    def project(self, name: str, memos: tuple[Memo, ...], colours: Mapping[str, str] | None) -> etree._Element:
        book, corpus = self.codings.codebook, self.codings.corpus
        root = document(PROJECT_NS, "Project", name=name, origin=origin(book))
        users = sorted({c.tagger for c in self.codings})
        if users:
            element = _sub(root, "Users")
            for tagger in users:
                _sub(element, "User", guid=guid("user", tagger), name=tagger)
        if len(book):
            codes_to_xml(_sub(root, "CodeBook"), book, ns=PROJECT_NS, colours=colours)
        if len(corpus):
            self._cases(root)
            sources = _sub(root, "Sources")
            by_session: dict[str, list[Coding]] = {}
            for c in self.codings:
                by_session.setdefault(Ref.parse(c.ref).session, []).append(c)
            for session in corpus:
                self._source(
                    sources, session, by_session.get(session.id, []), [m for m in memos if _of(m) == session.id]
                )
        known = {s.id for s in corpus}
        loose = [self._note(m.name or NAMELESS, m.text, "memo") for m in memos if _of(m) not in known]
        if self.notes:
            notes = _sub(root, "Notes")
            for g, (title, text) in sorted(self.notes.items()):
                _sub(_sub(notes, "Note", guid=g, name=title), "PlainTextContent").text = text
        for g in dict.fromkeys(loose):
            _sub(root, "NoteRef", targetGUID=g)
        return root

    def _cases(self, root: etree._Element) -> None:
        variables, cases = _sub(root, "Variables"), _sub(root, "Cases")
        for name, kind in VARIABLES.items():
            _sub(variables, "Variable", guid=guid("variable", name), name=name, typeOfVariable=kind)
        for s in self.codings.corpus:
            case = _sub(cases, "Case", guid=guid("case", s.id), name=s.id)
            for name, kind in VARIABLES.items():
                value = getattr(s, name)
                if value is None or value in ((), ""):
                    continue
                holder = _sub(case, "VariableValue")
                _sub(holder, "VariableRef", targetGUID=guid("variable", name))
                _sub(holder, f"{kind}Value").text = _value(value)
            _sub(case, "SourceRef", targetGUID=source_guid(s.id))

    def _source(self, sources: etree._Element, session: Session, codings: list[Coding], memos: list[Memo]) -> None:
        layout, g = lay_out(session), source_guid(session.id)
        self.texts[g] = layout.text
        self.lost["changed"] += layout.changed
        source = _sub(sources, "TextSource", guid=g, name=session.id, plainTextPath=f"internal://{g}.txt")
        passages: dict[tuple[int, int, str], tuple[list[Coding], list[Memo]]] = {}
        for coding in codings:
            for key in self._places(coding, session, layout):
                passages.setdefault(key, ([], []))[0].append(coding)
        for memo in memos:
            for key in self._memo_place(memo, layout):
                passages.setdefault(key, ([], []))[1].append(memo)
        for (start, end, ref), (here, said) in sorted(passages.items()):
            e = _sub(source, "PlainTextSelection", guid=guid("selection", ref), name=ref, startPosition=str(start),
                     endPosition=str(end))  # fmt: skip
            for c in sorted(here, key=lambda c: (c.code, c.tagger)):
                self._coding(e, c, ref)
            for m in said:
                _sub(e, "NoteRef", targetGUID=self._note(m.name or ref, m.text, "memo", ref))
        places = self._note(
            f"{MAP_NAME} of {session.id}", _places(session, layout, self.codings.discourse), "map", session.id
        )
        _sub(source, "NoteRef", targetGUID=places)

    def _coding(self, element: etree._Element, coding: Coding, ref: str) -> None:
        g = guid("coding", ref, coding.code, coding.tagger)
        e = _sub(element, "Coding", guid=g, creatingUser=guid("user", coding.tagger))
        _sub(e, "CodeRef", targetGUID=guid("code", coding.code))
        spans = self.spans[(coding.ref, coding.code, coding.tagger)] if ref == str(Ref.parse(coding.ref).unit) else ()
        memo = memo_of(coding, spans)
        if memo:
            _sub(e, "NoteRef", targetGUID=self._note("coding", memo, "coding"))

    def _places(self, coding: Coding, session: Session, layout: Layout) -> Iterable[tuple[int, int, str]]:
        ref = Ref.parse(coding.ref)
        whole = layout.spans.get(ref.index)
        if whole is None or whole[0] == whole[1] or coding.code not in self.known:
            self.lost["codings"] += 1
            return ()
        self.kept += 1
        size = whole[1] - whole[0]
        spans = sorted({(s, e) for s, e in coding.evidence if 0 <= s < e <= size})
        self.lost["evidence"] += len(set(coding.evidence)) - len(spans)
        self.spans[(coding.ref, coding.code, coding.tagger)] = spans
        if not spans or (self.machines_on == "unit" and not coding.tagger.startswith("human:")):
            return [(*whole, str(ref.unit))]
        return [(whole[0] + s, whole[0] + e, f"{ref.unit}:{s}-{e}") for s, e in spans]

    def _memo_place(self, memo: Memo, layout: Layout) -> Iterable[tuple[int, int, str]]:
        ref = Ref.parse(str(memo.ref))
        whole = layout.spans.get(ref.index)
        if whole is None:
            self.lost["memos"] += 1
            return ()
        if ref.start is None or ref.end is None or ref.end > whole[1] - whole[0]:
            return [(*whole, str(ref.unit))]
        return [(whole[0] + ref.start, whole[0] + ref.end, str(ref))]

    def _note(self, name: str, text: str, *kind: str) -> str:
        g = guid("note", *kind, name, text)
        self.notes[g] = (clean(name), clean(text))
        return g

    def losses(self, file: str) -> Losses:
        corpus, book = self.codings.corpus, self.codings.codebook
        held = sum(t.withheld is not None for s in corpus for t in s.turns)
        units = sum(len(s.turns) for s in corpus) - held
        lost = (
            Loss(held, "units held by the privacy gate."),
            Loss(self.lost["codings"], "codings on units that hold no words, are held, or whose code is not in the codebook."),
            Loss(self.lost["evidence"], "spans of evidence that lie outside their unit."),
            Loss(self.lost["memos"], "memos on units that are not here."),
            Loss(self.lost["changed"], "units with line breaks or characters that a text file cannot hold (replaced one for one)."),
            Loss(sum(bool(s.guide or s.extra) for s in corpus), "sessions with a question guide or other header fields."),
            Loss(len(corpus.problems), "files that could not be read in the first place."),
            *book_losses(book),
        )  # fmt: skip
        kept = (
            f"{len(corpus)} sessions with {units} units, as text sources and cases", f"{len(book)} codes",
            f"{self.kept} codings of {len({c.tagger for c in self.codings})} taggers and coders",
        )  # fmt: skip
        notes = (
            "People's codings lie on the passages they chose; machines' on whole units, with their evidence in the memo."
            if self.machines_on == "unit"
            else "Codings lie on their evidence, on the whole unit where there is none.",
            "Places count characters (code points) of the text files from 0; an emoji is one.",
            "Whoever holds this file can count every passage: what is suppressed in briefs is not suppressed here.",
            f"Notes named `{MAP_NAME}` let this program read its own file back; other programs may drop them.",
        )
        return Losses(file, "export", kept, lost, notes)


def _places(session: Session, layout: Layout, discourse: Mapping[str, Discourse]) -> str:
    """The header of a session and, for each unit, its place and what is not said in its words, as JSON."""
    units: list[dict[str, Any]] = []
    for t in session.turns:
        if t.index not in layout.spans:
            continue
        row: dict[str, Any] = {"i": t.index, "at": list(layout.spans[t.index])}
        row |= {k: getattr(t, k) for k, plain in _PLAIN.items() if getattr(t, k) != plain}
        if t.speaker != Speaker():
            row |= {"speaker": t.speaker.label, "role": t.speaker.role}
        d = discourse.get(f"{session.id}#{t.index}")
        units.append(row | ({"says": [d.category, d.polarity, d.about]} if d else {}))
    header = {k: _json(getattr(session, k)) for k in VARIABLES}
    head = {
        "session": session.id,
        "turns": len(session.turns),
        **{k: v for k, v in header.items() if v not in (None, [], "")},
    }
    return json.dumps(head | {"units": units}, sort_keys=True)


def _json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(", ".join(value)) if isinstance(value, tuple) else clean(str(value))


def _of(memo: Memo) -> str | None:
    return None if memo.ref is None else Ref.parse(memo.ref).session


def _tag(name: str) -> str:
    return f"{{{PROJECT_NS}}}{name}"


def _sub(parent: etree._Element, tag: str, /, **said: str) -> etree._Element:
    return etree.SubElement(parent, _tag(tag), {k: clean(v) for k, v in said.items()})
