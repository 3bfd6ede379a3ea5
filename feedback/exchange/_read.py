"""A `.qdpx` of any program as plain values: codes, sources with their selections, users, cases, memos."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from feedback.errors import ReadError
from feedback.exchange._codes import CodesRead, codes_element, xml_to_codes
from feedback.exchange._layout import Positions
from feedback.exchange._losses import Loss
from feedback.exchange._qdc import ORIGIN, book_name
from feedback.exchange._xml import Archive, child, children, every, local, parse, same_guid, text_of

_OTHER = ("PictureSelection", "PDFSelection", "AudioSelection", "VideoSelection", "TranscriptSelection")


@dataclass(frozen=True, slots=True)
class Mark:
    """One coding of one selection: the code that came in, who put it there (GUID), and the memo on it."""

    code: str
    user: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """A passage of a source: its span in the source's text (code points), its name, codings and memos."""

    start: int
    end: int
    name: str = ""
    marks: tuple[Mark, ...] = ()
    memos: tuple[tuple[str, str], ...] = ()  # name, text


@dataclass(frozen=True, slots=True)
class Source:
    """A text that came in. `text` is None where the file does not hold it; `number` is its place in the file, from 1."""

    guid: str
    name: str
    number: int
    text: str | None
    selections: tuple[Selection, ...] = ()
    memos: tuple[str, ...] = ()
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case: its name, its variables, the GUIDs of its sources."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """Everything read from a `.qdpx`, before it is set against a corpus and a codebook."""

    file: str
    codes: CodesRead
    sources: tuple[Source, ...]
    users: Mapping[str, str]
    cases: tuple[Case, ...]
    memos: tuple[tuple[str, str], ...]
    codings: int
    lost: tuple[Loss, ...]
    own: bool = False


def read_qdpx(path: Path) -> Incoming:
    """Read a `.qdpx` of this or another program; raises ReadError where it is damaged, hostile or no project."""
    archive = Archive(path)
    try:
        root = parse(archive.read(archive.project()), file=path.name, place="the project inside")
        if local(root) != "Project":
            raise ReadError(
                "the file holds no project.", file=path.name, remedy="Export it as REFI-QDA project (.qdpx)."
            )
        return _Reader(archive, root).incoming()
    finally:
        archive.close()


class _Reader:
    def __init__(self, archive: Archive, root: etree._Element) -> None:
        self.archive, self.root, self.count = archive, root, Counter[str]()
        notes = children(child(root, "Notes"), "Note")
        self.notes = {same_guid(n.get("guid")): n for n in notes}
        self.note_texts = {g: self._note_text(n) for g, n in self.notes.items()}
        self.used: set[str] = set()
        self.codes: Mapping[str, str] = {}
        self.linked: dict[str, list[str]] = {}
        for link in children(child(root, "Links"), "Link"):
            ends = same_guid(link.get("originGUID")), same_guid(link.get("targetGUID"))
            for here, there in (ends, ends[::-1]):
                if there in self.notes:
                    self.linked.setdefault(here, []).append(there)

    def incoming(self) -> Incoming:
        root = self.root
        name, version = book_name(root.get("origin") or "")
        coded_notes = {
            same_guid(r.get("targetGUID")) for e in root.iter() if local(e) == "Code" for r in children(e, "NoteRef")
        }
        self.used |= coded_notes
        codes = xml_to_codes(
            codes_element(root), file=self.archive.file, notes=self.note_texts, name=name, version=version
        )
        codable = {c.id for c in codes.codebook}
        self.codes = {g: ident for g, ident in codes.ids.items() if ident in codable}
        users = {same_guid(u.get("guid")): str(u.get("name") or "") for u in children(child(root, "Users"), "User")}
        sources = tuple(self._source(e, outer, n) for n, (e, outer) in enumerate(self._text_sources(), 1))
        order = dict.fromkeys([*self._refs(root), *self.notes])
        loose = tuple(
            (self._name(g), self.note_texts[g])
            for g in order
            if g not in self.used and self.note_texts.get(g, "").strip()
        )
        codings = sum(local(e) == "Coding" for e in root.iter())
        cases = tuple(self._cases())
        own = str(root.get("origin") or "").startswith(ORIGIN)
        return Incoming(self.archive.file, codes, sources, users, cases, loose, codings, self._lost(codes), own)

    # ---- sources ------------------------------------------------------------------------------------------------

    def _text_sources(self) -> Iterator[tuple[etree._Element, etree._Element]]:
        """Text sources; the plain text of a PDF stands under the PDF's name."""
        for source in every(child(self.root, "Sources")):
            if local(source) == "TextSource":
                yield source, source
            for inner in source:
                if local(inner) in ("Representation", "TextDescription") and children(inner, "PlainTextSelection"):
                    yield inner, source

    def _source(self, element: etree._Element, outer: etree._Element, number: int) -> Source:
        raw = self._text(element)
        spoken = [s for s in children(element, "PlainTextSelection")]
        places = None if raw is None else Positions(raw)
        counted = ""
        if places is not None:
            counted = places.choose(
                [(_int(s, "startPosition"), _int(s, "endPosition"), s.get("name") or "") for s in spoken]
            )
        selections = [made for s in spoken if (made := self._selection(s, places)) is not None]
        if raw is None:
            self.count["sources whose text is not in the file (their codings cannot be placed)."] += 1
        if places is not None and (whole := self._marks(element)):
            selections.append(Selection(0, len(places.text), "", whole))
        memos = [self._take(g) for g in self._refs(element) + self.linked.get(same_guid(element.get("guid")), [])]
        said = text_of(element, "Description")
        return Source(
            same_guid(outer.get("guid")), unicodedata.normalize("NFC", str(outer.get("name") or "")), number,
            None if places is None else places.text, tuple(selections), tuple(m for m in (*memos, said) if m.strip()), counted,
        )  # fmt: skip

    def _selection(self, element: etree._Element, places: Positions | None) -> Selection | None:
        marks = self._marks(element)
        start, end = _int(element, "startPosition"), _int(element, "endPosition")
        span = places.span(start, end) if places is not None else (start, end)
        if span is None:
            self.count["passages that lie outside their source."] += 1
            return None
        notes = self._refs(element) + self.linked.get(same_guid(element.get("guid")), [])
        memos = [("", text_of(element, "Description")), *((self._name(g), self._take(g)) for g in notes)]
        return Selection(*span, str(element.get("name") or ""), marks, tuple(m for m in memos if m[1].strip()))

    def _marks(self, element: etree._Element) -> tuple[Mark, ...]:
        found = []
        for coding in children(element, "Coding"):
            memo = "\n\n".join(self._take(g) for g in self._refs(coding))
            for ref in children(coding, "CodeRef"):
                target = self.codes.get(same_guid(ref.get("targetGUID")))
                if target is None:
                    self.count["codings whose code is not in the file."] += 1
                else:
                    found.append(Mark(target, same_guid(coding.get("creatingUser")), memo))
        return tuple(found)

    def _text(self, element: etree._Element) -> str | None:
        if child(element, "PlainTextContent") is not None:
            return text_of(element, "PlainTextContent")
        path = element.get("plainTextPath") or ""
        member = self.archive.find(path.rpartition("//")[2]) if path else None
        if member is None:
            return None
        raw = self.archive.read(member)
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return raw.decode("utf-16", errors="replace")
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.count["sources that are not UTF-8 (read as Windows text)."] += 1
            return raw.decode("cp1252", errors="replace")

    # ---- memos, cases, what is left out -------------------------------------------------------------------------

    def _note_text(self, note: etree._Element) -> str:
        return self._text(note) or text_of(note, "Description")

    def _refs(self, element: etree._Element) -> list[str]:
        return [same_guid(r.get("targetGUID")) for r in children(element, "NoteRef")]

    def _name(self, note: str) -> str:
        return str(self.notes[note].get("name") or "") if note in self.notes else ""

    def _take(self, note: str) -> str:
        self.used.add(note)
        return self.note_texts.get(note, "")

    def _cases(self) -> Iterator[Case]:
        names = {
            same_guid(v.get("guid")): str(v.get("name") or "")
            for v in children(child(self.root, "Variables"), "Variable")
        }
        for case in children(child(self.root, "Cases"), "Case"):
            sources = tuple(same_guid(r.get("targetGUID")) for r in children(case, "SourceRef"))
            yield Case(str(case.get("name") or ""), _values(case, names), sources)
            self.count["codings of cases (codes stand on words here)."] += len(children(case, "CodeRef"))
        for source in every(child(self.root, "Sources")):
            values = _values(source, names)
            if values:
                yield Case(str(source.get("name") or ""), values, (same_guid(source.get("guid")),))

    def _lost(self, codes: CodesRead) -> tuple[Loss, ...]:
        elements = list(self.root.iter())
        count = Counter(local(e) for e in elements)
        other = sum(len(children(e, "Coding")) for e in elements if local(e) in (*_OTHER, "PictureSource", "PDFSource",
                    "AudioSource", "VideoSource"))  # fmt: skip
        media = sum(count[k] for k in ("PictureSource", "PDFSource", "AudioSource", "VideoSource"))
        rich = sum(1 for e in elements if e.get("richTextPath"))
        return (
            *(Loss(n, what) for what, n in self.count.items()),
            Loss(other, "codings on pictures, pages, sound and film (only words are coded here)."),
            Loss(media, "pictures, PDFs, sound and film files."),
            Loss(rich, "formatted versions of sources (the plain text is read)."),
            Loss(count["Set"], "sets."), Loss(count["Graph"], "graphs."),
            Loss(max(0, count["Link"] - sum(len(v) for v in self.linked.values())), "links between other things."),
            *(Loss(n, what) for what, n in sorted(codes.oddities.items())),
        )  # fmt: skip


def _values(element: etree._Element, names: Mapping[str, str]) -> dict[str, str]:
    out = {}
    for value in children(element, "VariableValue"):
        ref = child(value, "VariableRef")
        name = names.get(same_guid(ref.get("targetGUID") if ref is not None else ""), "")
        said = next((e.text or "" for e in value if local(e).endswith("Value")), "")
        if name and said:
            out[name] = said
    return out


def _int(element: etree._Element, name: str) -> int:
    try:
        return int(element.get(name) or "-1")
    except ValueError:
        return -1
