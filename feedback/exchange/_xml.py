"""XML and zip as strangers send them: read safely, written so that the same values give the same bytes."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from lxml import etree

from feedback.errors import ReadError

PROJECT_NS = "urn:QDA-XML:project:1.0"
CODEBOOK_NS = "urn:QDA-XML:codebook:1.0"
MAX_XML = 100 * 2**20  # bytes of one XML or text member, unpacked
MAX_READ = 400 * 2**20  # bytes read out of one archive in all
MAX_ENTRIES = 20_000
_ROOT = uuid.uuid5(uuid.NAMESPACE_URL, "urn:feedback:exchange:1")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATE = (1980, 1, 1, 0, 0, 0)


def guid(*parts: object) -> str:
    """Name a thing by what it is: the same parts give the same GUID, on every machine and day."""
    return str(uuid.uuid5(_ROOT, "\x1f".join(clean(str(p)) for p in parts))).upper()


def same_guid(value: str | None) -> str:
    """A GUID as it compares: upper case, without braces; empty where there is none."""
    found = _GUID.search(value or "")
    return found[0].upper() if found else (value or "").strip().upper()


def clean(text: str) -> str:
    """Put U+FFFD in the place of every character that XML cannot hold; the length stays."""
    return _NOT_XML.sub("\ufffd", text)


def local(element: etree._Element) -> str:
    """The element's name without its namespace (tools disagree about that)."""
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    """The children of this name, in whatever namespace."""
    return [] if element is None else [e for e in element if local(e) == name]


def every(element: etree._Element | None) -> list[etree._Element]:
    """All children."""
    return [] if element is None else list(element)


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of this name, or None."""
    return next(iter(children(element, name)), None)


def text_of(element: etree._Element | None, name: str) -> str:
    """The text of the first child of this name, or nothing."""
    found = child(element, name)
    return "" if found is None else "".join(str(t) for t in found.itertext())


def parse(raw: bytes, *, file: str, place: str = "") -> etree._Element:
    """Parse XML that a stranger wrote; raises ReadError for a DOCTYPE, entities, or what is not XML."""
    bare = raw.replace(b"\0", b"")
    if b"<!DOCTYPE" in bare or b"<!ENTITY" in bare:
        raise ReadError(
            "the file declares its own XML rules (DOCTYPE), which no program for qualitative analysis writes.",
            file=file, place=place, remedy="Export it again from the program it came from.",
        )  # fmt: skip
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as err:
        line = getattr(err, "lineno", None)
        where = ", ".join(p for p in (place, f"line {line}" if line else "") if p)
        raise ReadError(
            "the file cannot be read as XML.", file=file, place=where, remedy="Export it again; it may be cut off."
        ) from None
    return root


def serialize(root: etree._Element) -> bytes:
    """XML as bytes: UTF-8, line feeds, indented; the same tree gives the same bytes."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def document(ns: str, tag: str, /, **said: str) -> etree._Element:
    """A root element whose namespace needs no prefix."""
    names: Any = {None: ns}
    return etree.Element(f"{{{ns}}}{tag}", {k: clean(v) for k, v in said.items()}, nsmap=names)


# ---- archives -----------------------------------------------------------------------------------------------------


def pack(members: Mapping[str, bytes]) -> bytes:
    """Zip members in the given order, with fixed dates and rights."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, content)
    return out.getvalue()


class Archive:
    """A zip that a stranger sent: members are read by name into memory, never unpacked to disk.

    Raises:
        ReadError: no zip, encrypted, members that point outside, or what unpacks to far more than it is.
    """

    def __init__(self, path: Path) -> None:
        self.file, self._left = path.name, MAX_READ
        try:
            self._zip = zipfile.ZipFile(path)
            entries = self._zip.infolist()
        except FileNotFoundError:
            raise ReadError("there is no such file.", file=self.file, remedy="Check the name and the folder.") from None
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise self._no("it is not a whole zip archive, as every .qdpx file is.") from None
        if len(entries) > MAX_ENTRIES:
            raise self._no(f"it holds {len(entries)} members; {MAX_ENTRIES} is the most we read.")
        if any(e.flag_bits & 1 for e in entries):
            raise self._no("it is encrypted.", "Export it without a password.")
        if any(_outside(e.filename) for e in entries):
            raise self._no("it holds members that point outside the archive.")
        self.members = {e.filename: e for e in entries if not e.is_dir() and not _litter(e.filename)}

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def read(self, member: str) -> bytes:
        """Return a member's bytes, as long as it stays within bounds."""
        info = self.members[member]
        if info.file_size > MAX_XML or (info.file_size > 2**22 and info.file_size > 200 * max(1, info.compress_size)):
            raise self._no("a member unpacks to far more than it should.")
        try:
            with self._zip.open(info) as handle:
                raw = handle.read(min(self._left, info.file_size) + 1)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
            raise self._no("a member is damaged.", "Export it again; it may be cut off.") from None
        except Exception as err:  # zlib.error and its kin have no common name
            raise self._no(f"a member is damaged ({type(err).__name__}).") from None
        self._left -= len(raw)
        if len(raw) > info.file_size or self._left < 0:
            raise self._no("it unpacks to far more than it says.")
        return raw

    def find(self, name: str) -> str | None:
        """The member of this base name, whatever the case of name and folder; `sources/` first."""
        wanted = name.replace("\\", "/").rpartition("/")[2].casefold()
        found = [m for m in self.members if PurePosixPath(m).name.casefold() == wanted]
        found.sort(key=lambda m: (not m.casefold().startswith("sources/"), m))
        return found[0] if found and wanted else None

    def project(self) -> str:
        """The member that holds the project: `project.qde`, or the only `.qde` there is."""
        qde = sorted(m for m in self.members if m.casefold().endswith(".qde"))
        named = [m for m in qde if m.casefold() == "project.qde"]
        found = named or [m for m in qde if "/" not in m] or qde
        if len(found) != 1:
            raise self._no("it holds no project (.qde)." if not found else "it holds more than one project (.qde).")
        return found[0]

    def _no(self, what: str, remedy: str = "Export it again from the program it came from.") -> ReadError:
        return ReadError(f"the file is refused: {what}", file=self.file, remedy=remedy)


def _outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\0" in name


def _litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith("._")
