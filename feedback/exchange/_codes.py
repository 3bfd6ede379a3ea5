"""One code as other programs see it: a name, a colour, and a description that folds the rest in and gives it back."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from feedback.codebook import Code, Codebook, NearMiss
from feedback.errors import ReadError
from feedback.exchange._xml import child, children, clean, guid, local, same_guid, text_of

MARK = "[feedback] "
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#7F7F7F")  # Okabe and Ito
_LABEL = re.compile(r"^(Include|Exclude|Report as|Memo|Example(?: \(([\w-]+)\))?):(?: |$)")
_COLOUR = re.compile(r"^#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})$")
_FIELDS = {"Include": "include", "Exclude": "exclude", "Report as": "report_as", "Memo": "memo"}


@dataclass(frozen=True, slots=True)
class CodesRead:
    """Codes as they came in: the codebook they make, the code id by GUID, colours by code id, and what was odd.

    `place` gives each code id's place in the file (from 1): what messages may name where the name may be someone's words.
    """

    codebook: Codebook
    ids: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    place: Mapping[str, int] = field(default_factory=dict)
    oddities: Mapping[str, int] = field(default_factory=dict)


# ---- descriptions -------------------------------------------------------------------------------------------------


def describe(code: Code, at: int) -> str:
    """Fold a code into one description: definition, labelled lines, and a last line for the machine."""
    labelled = [f"{label}: {_fold(value)}" for label, name in _FIELDS.items() if (value := getattr(code, name))]
    labelled += [f"Example ({lang}): {_fold(t)}" for lang, texts in code.examples.items() for t in texts]
    rest: dict[str, Any] = {
        "id": code.id, "at": at, "names": dict(code.names), "block": list(code.block), "statements": dict(code.statements),
        "triggers": {k: list(v) for k, v in code.triggers.items()}, "maps": {k: list(v) for k, v in code.maps.items()},
        "near_misses": [[n.text, n.code, n.note] for n in code.near_misses], "status": code.status,
        "sensitivity": code.sensitivity,
    }  # fmt: skip
    rest = {k: v for k, v in rest.items() if v or k in ("id", "at")}
    blocks = [_escape(code.definition), "\n".join(labelled), MARK + json.dumps(rest, sort_keys=True)]
    return clean("\n\n".join(b for b in blocks if b))


def undescribe(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Take a description apart: the fields that people read, and what the machine put there (empty for others' files)."""
    text = text.replace("\r\n", "\n") if MARK not in text else text
    machine: dict[str, Any] = {}
    at = text.rfind(MARK + "{")
    if at >= 0:
        try:
            machine, _ = json.JSONDecoder().raw_decode(text[at + len(MARK) :])
            text = text[:at].removesuffix("\n\n")
        except ValueError:
            machine = {}
    lines = text.split("\n") if machine else text.strip().split("\n")
    first = next((i for i, line in enumerate(lines) if _LABEL.match(line)), len(lines))
    definition = lines[:first]
    while first < len(lines) and definition and not definition[-1]:
        definition.pop()
    said: dict[str, Any] = {"definition": "\n".join(line.removeprefix("\\") for line in definition)}
    values: list[tuple[str, str]] = []
    for line in lines[first:]:
        found = _LABEL.match(line)
        if found:
            values.append((found[1], line[found.end() :]))
        else:
            values[-1] = (values[-1][0], values[-1][1] + "\n" + line.removeprefix("  "))
    for label, value in values:
        if label in _FIELDS:
            name = _FIELDS[label]
            said[name] = f"{said[name]}\n{value}" if name in said else value
        else:
            language = label.partition("(")[2].rstrip(")") or "en"
            said.setdefault("examples", {}).setdefault(language, []).append(value)
    return said, machine


def _fold(value: str) -> str:
    return value.replace("\n", "\n  ")


def _escape(text: str) -> str:
    lines = text.split("\n")
    last = len(lines) - 1
    return "\n".join(
        "\\" + line if _LABEL.match(line) or line.startswith(("\\", MARK)) or (i == last and i and not line) else line
        for i, line in enumerate(lines)
    )


# ---- codes to XML -------------------------------------------------------------------------------------------------


def codes_to_xml(parent: etree._Element, book: Codebook, *, ns: str, colours: Mapping[str, str] | None = None) -> None:
    """Put `Codes` under an element: groups as folders that cannot be coded with, codes nested by `parent`."""
    codes = etree.SubElement(parent, f"{{{ns}}}Codes")
    ids = {c.id for c in book.codes}
    below: dict[str | None, list[tuple[int, Code]]] = {}
    for at, code in enumerate(book.codes):
        below.setdefault(_above(code, book, ids), []).append((at, code))
    folders = dict(book.groups) | {p: p for p in below if p is not None and p not in ids and p not in book.groups}
    shades = {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(folders)}

    def put(element: etree._Element, at: int, code: Code, shade: str) -> None:
        colour = (colours or {}).get(code.id, shade)
        e = _element(element, ns, code.name or code.id, guid=guid("code", code.id), codable=True, colour=colour)
        etree.SubElement(e, f"{{{ns}}}Description").text = describe(code, at)
        for n, inner in below.get(code.id, ()):
            put(e, n, inner, colour)

    for number, (ident, name) in enumerate(folders.items()):
        colour = (colours or {}).get(ident, shades[ident])
        e = _element(codes, ns, name or ident, guid=guid("group", ident), codable=False, colour=colour)
        kind = {"group": ident, "at": number} if ident in book.groups else {"parent": ident}
        etree.SubElement(e, f"{{{ns}}}Description").text = MARK + json.dumps(kind, sort_keys=True)
        for at, code in below.get(ident, ()) if ident not in ids else ():
            put(e, at, code, colour)
    for at, code in below.get(None, ()):
        put(codes, at, code, PALETTE[-1])


def _above(code: Code, book: Codebook, ids: set[str]) -> str | None:
    """The parent to nest under; None for the top, and where parents go round in a circle."""
    seen, at = {code.id}, code.parent
    while at is not None and at in ids and at not in book.groups:
        if at in seen:
            return None
        seen.add(at)
        at = book[at].parent
    return code.parent


def _element(parent: etree._Element, ns: str, name: str, *, guid: str, codable: bool, colour: str) -> etree._Element:
    said = {"guid": guid, "name": clean(name), "isCodable": "true" if codable else "false", "color": colour}
    return etree.SubElement(parent, f"{{{ns}}}Code", said)


# ---- XML to codes -------------------------------------------------------------------------------------------------


class _Reading:
    def __init__(self, file: str, notes: Mapping[str, str]) -> None:
        self.file, self.notes = file, notes
        self.found: list[tuple[float, Code]] = []
        self.groups: list[tuple[float, str, str]] = []
        self.ids: dict[str, str] = {}
        self.colours: dict[str, str] = {}
        self.place: dict[str, int] = {}
        self.odd: dict[str, int] = {}
        self.count = 0

    def unique(self, wanted: str, taken: set[str]) -> str:
        n, ident = 2, wanted
        while ident in taken:
            ident, n = f"{wanted}_{n}", n + 1
        return ident

    def oddly(self, what: str) -> None:
        self.odd[what] = self.odd.get(what, 0) + 1

    def read(self, element: etree._Element, above: str | None, trail: tuple[str, ...]) -> None:
        self.count += 1
        name = str(element.get("name") or "")
        said, machine = undescribe(text_of(element, "Description"))
        inner = children(element, "Code") + [c for codes in children(element, "Codes") for c in children(codes, "Code")]
        number = self.count
        if _is_folder(element, machine, inner):
            ident = self._folder(name, machine, trail, element)
            trail = (*trail, name)
        else:
            ident = self._code(element, name, said, machine, above)
        self.place.setdefault(ident, number)
        if element.get("guid"):
            self.ids[same_guid(element.get("guid"))] = ident
        else:
            self.oddly("codes without a GUID (known by their name instead).")
        colour = element.get("color") or ""
        if _COLOUR.match(colour):
            self.colours[ident] = colour
        for c in inner:
            self.read(c, ident, trail)

    def _folder(self, name: str, machine: Mapping[str, Any], trail: tuple[str, ...], element: etree._Element) -> str:
        if "parent" in machine:
            return str(machine["parent"])
        if trail:
            self.oddly("folders inside folders (made one level, with the path as name).")
        ident = (
            str(machine["group"])
            if "group" in machine
            else self.unique(slug(name, self.count), {g for _, g, _ in self.groups})
        )
        if not machine and text_of(element, "Description").strip():
            self.oddly("descriptions of folders.")
        self.groups.append((float(machine.get("at", self.count)), ident, " / ".join((*trail, name)) or ident))
        return ident

    def _code(
        self, element: etree._Element, name: str, said: dict[str, Any], machine: dict[str, Any], above: str | None
    ) -> str:
        notes = [self.notes.get(same_guid(n.get("targetGUID")), "") for n in children(element, "NoteRef")]
        memo = "\n\n".join(t for t in (said.get("memo", ""), *notes) if t)
        code = _made(name, said, machine) if machine.get("id") else Code("", name, **_people(said))
        ident = self.unique(code.id or slug(name, self.count), {c.id for _, c in self.found})
        self.found.append(
            (float(machine.get("at", 1e6 + self.count)), replace(code, id=ident, parent=above, memo=memo))
        )
        return ident


def xml_to_codes(
    codes: etree._Element | None,
    *,
    file: str,
    notes: Mapping[str, str] | None = None,
    name: str = "",
    version: str = "",
) -> CodesRead:
    """Read `Codes` of any program; `notes` are memo texts by GUID. Raises ReadError where nothing has a name."""
    reading = _Reading(file, notes or {})
    for element in children(codes, "Code"):
        reading.read(element, None, ())
    found = [c for _, c in sorted(reading.found, key=lambda pair: pair[0])]
    if any(not c.name.strip() for c in found):
        raise ReadError("a code has no name.", file=file, remedy="Name every code, and export again.")
    groups = {ident: label for _, ident, label in sorted(reading.groups)}
    book = Codebook(tuple(_by_prefix(found)), groups, name=name, version=version)
    return CodesRead(book, reading.ids, reading.colours, reading.place, reading.odd)


def _is_folder(element: etree._Element, machine: Mapping[str, Any], inner: list[etree._Element]) -> bool:
    if machine:
        return "group" in machine or "parent" in machine
    return bool(inner) and (element.get("isCodable") or "true").strip().lower() in ("false", "0")


def _people(said: Mapping[str, Any]) -> dict[str, Any]:
    plain = {k: said[k] for k in ("definition", "include", "exclude", "report_as") if k in said}
    return plain | {"examples": {k: tuple(v) for k, v in said.get("examples", {}).items()}}


def _made(name: str, said: Mapping[str, Any], machine: Mapping[str, Any]) -> Code:
    def texts(key: str) -> dict[str, tuple[str, ...]]:
        return {str(k): tuple(str(x) for x in v) for k, v in dict(machine.get(key, {})).items()}

    return Code(
        str(machine["id"]), name, **_people(said), names=dict(machine.get("names", {})), triggers=texts("triggers"),
        block=tuple(machine.get("block", ())), maps=texts("maps"), statements=dict(machine.get("statements", {})),
        near_misses=tuple(NearMiss(*n) for n in machine.get("near_misses", ())), status=machine.get("status", "accepted"),
        sensitivity=machine.get("sensitivity", "standard"),
    )  # fmt: skip


def _by_prefix(codes: list[Code]) -> Iterable[Code]:
    """Hang `Coke::diet Coke` (ATLAS.ti) and `places.school` (Taguette) under the code that their first part names."""
    named = {c.name: c.id for c in codes}
    for c in codes:
        for mark in ("::", "."):
            above = named.get(c.name.rpartition(mark)[0])
            if c.parent is None and above not in (None, c.id):
                c = replace(c, parent=above)
        yield c


def slug(name: str, number: int) -> str:
    """An identifier made of a name: `Falta de transporte` gives `falta_de_transporte`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60] or f"code_{number}"


def match(read: CodesRead, book: Codebook) -> dict[str, str | None]:
    """For each code that came in: the code of this codebook it is, by id, by GUID, or by its name in any language; or None."""
    by_guid = {guid("code", c.id): c.id for c in book}
    by_name: dict[str, str] = {}
    for c in book:
        for name in (c.name, *c.names.values(), c.id):
            by_name.setdefault(_fold_name(name), c.id)
    guids: dict[str, str] = {ident: by_guid[g] for g, ident in read.ids.items() if g in by_guid}
    out: dict[str, str | None] = {}
    for c in read.codebook:
        out[c.id] = guids.get(c.id) or by_name.get(_fold_name(c.name)) or (c.id if c.id in book else None)
    return out


def _fold_name(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def codes_element(root: etree._Element) -> etree._Element | None:
    """The `Codes` of a project or codebook, whichever the root is."""
    if local(root) == "CodeBook":
        return child(root, "Codes")
    book = child(root, "CodeBook")
    return child(book, "Codes")
