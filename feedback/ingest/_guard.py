"""What stands between a stranger's file and the readers: size, magic numbers, zip bombs, encodings."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import NoReturn

from feedback.errors import ReadError, UnsupportedFormat

__all__ = ["MAX_BYTES", "check_zip", "decode", "load", "sniff"]

MAX_BYTES = 50 * 2**20
MAX_LINE = 1_000_000
_ZIP_ENTRIES, _ZIP_TOTAL, _ZIP_RATIO, _XML_DEPTH = 3_000, 300 * 2**20, 200, 200
_SAVE_AGAIN = "Open it in the program that made it, save it again, and send that copy."
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"), (b"II*\0", "a picture"),
    (b"ID3", "a sound recording"), (b"\xff\xfb", "a sound recording"), (b"OggS", "a sound recording"),
    (b"fLaC", "a sound recording"), (b"RIFF", "a sound or video recording"), (b"\x1aE\xdf\xa3", "a video recording"),
    (b"\x1f\x8b", "a compressed archive"), (b"7z\xbc\xaf", "a compressed archive"), (b"Rar!", "a compressed archive"),
    (b"BZh", "a compressed archive"), (b"\xfd7zXZ", "a compressed archive"), (b"MZ", "a program"), (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)  # fmt: skip
_REMEDY = {
    "a picture": "Type what it shows, or export its text, and send that.",
    "a sound recording": "Have it transcribed first and send the transcript.",
    "a sound or video recording": "Have it transcribed first and send the transcript.",
    "a video recording": "Have it transcribed first and send the transcript.",
    "a compressed archive": "Unpack it and send the documents inside.",
    "a Pages, Numbers or Keynote document": "Open it there, choose File, Export To, Word, and send that copy.",
}
_PHOTO = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")


def load(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """Read a file's bytes; raises ReadError where it is missing, empty or larger than `limit` (looked at before reading)."""
    name = path.name
    try:
        if not path.is_file():
            raise ReadError("there is no such file.", file=name, remedy="Check the name and the folder.")
        size = path.stat().st_size
        if size == 0:
            raise ReadError(
                "the file is empty.", file=name, remedy="Export it again; the export may have been cut off."
            )
        if size > limit:
            raise ReadError(
                f"the file is too large: {size / 2**20:.0f} MB, and {limit / 2**20:.0f} MB is the most we read.",
                file=name,
                remedy="A session's notes or transcript is far smaller: remove pictures, or split the file.",
            )
        with path.open("rb") as handle:
            raw = handle.read(limit + 1)
    except OSError as error:
        raise ReadError(
            f"the file cannot be opened ({error.strerror}).", file=name, remedy="Check that you may read it."
        ) from None
    if len(raw) > limit:
        raise ReadError("the file grew while it was read.", file=name, remedy="Try again when it is no longer written.")
    if not raw.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise ReadError(
            "the file is empty: there is nothing but white space in it.", file=name, remedy="Export it again."
        )
    return raw


def sniff(raw: bytes, *, file: str) -> str:
    """Return the kind by the first bytes, whatever the suffix says: docx, xlsx, odt, ods, pdf, rtf, xls or text.

    Raises UnsupportedFormat for pictures, recordings, archives, old Word; ReadError for password-protected files.
    """
    if raw.startswith(b"PK\x03\x04") or raw.startswith(b"PK\x05\x06"):
        return check_zip(raw, file=file)
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    if raw.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    if raw.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole(raw, file=file)
    if raw[4:8] == b"ftyp":
        _refuse("a picture" if raw[8:12] in _PHOTO else "a sound or video recording", file=file)
    for magic, what in _MAGIC:
        if raw.startswith(magic) and (len(magic) > 2 or b"\0" in raw[:256]):
            _refuse(what, file=file)
    return "text"


def _refuse(what: str, *, file: str) -> NoReturn:
    raise UnsupportedFormat(
        f"the file is {what}, whatever its name says.", file=file, remedy=_REMEDY.get(what, "Send the document itself.")
    )


def _ole(raw: bytes, *, file: str) -> str:
    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in raw

    if has("EncryptedPackage") or has("EncryptionInfo"):
        raise ReadError(
            "the file is protected by a password.",
            file=file,
            remedy="Open it, remove the password (File, Info, Protect), save a copy, and send that.",
        )
    if has("Workbook") or has("Book"):
        return "xls"
    if has("WordDocument"):
        raise UnsupportedFormat(
            "the file is in the old Word format (.doc).", file=file, remedy="Open it in Word and save it as .docx."
        )
    raise UnsupportedFormat(
        "the file is an old Office or e-mail file that we do not read.", file=file, remedy=_SAVE_AGAIN
    )


def check_zip(raw: bytes, *, file: str) -> str:
    """Look into a zip-based document before any reader does; return docx, xlsx, odt or ods.

    Raises ReadError for truncated, encrypted, bomb-like files and for XML with a DOCTYPE or absurd nesting.
    """
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            entries = archive.infolist()
            _check_sizes(entries, file=file, packed=len(raw))
            kind = _zip_kind({e.filename for e in entries}, archive, file=file)
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")) and entry.file_size:
                    _check_xml(archive.read(entry), file=file, place=entry.filename)
    except (
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,
        zipfile.LargeZipFile,
        ValueError,
        OSError,
        RuntimeError,
    ) as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(
            "the file is damaged: it was cut off or is not a whole document.", file=file, remedy=_SAVE_AGAIN
        ) from None
    except Exception as error:  # zlib.error has no common base with the above
        if type(error).__module__ == "zlib":
            raise ReadError("the file is damaged inside.", file=file, remedy=_SAVE_AGAIN) from None
        raise
    return kind


def _check_sizes(entries: list[zipfile.ZipInfo], *, file: str, packed: int) -> None:
    total = sum(e.file_size for e in entries)
    if len(entries) > _ZIP_ENTRIES or total > _ZIP_TOTAL or (total > 20 * 2**20 and total > _ZIP_RATIO * packed):
        raise ReadError(
            f"the file unpacks to {total / 2**20:.0f} MB in {len(entries)} parts; that is no session document.",
            file=file,
            remedy=_SAVE_AGAIN,
        )
    if any(e.flag_bits & 1 for e in entries):
        raise ReadError(
            "the file is protected by a password.", file=file, remedy="Save a copy without a password and send that."
        )


def _zip_kind(names: set[str], archive: zipfile.ZipFile, *, file: str) -> str:
    if any(n.startswith("word/") for n in names):
        return "docx"
    if any(n.startswith("xl/") for n in names):
        return "xlsx"
    if "content.xml" in names:
        kind = archive.read("mimetype").decode("ascii", "ignore") if "mimetype" in names else ""
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise ReadError(
                "the file is protected by a password.",
                file=file,
                remedy="Save a copy without a password and send that.",
            )
        return "ods" if "spreadsheet" in kind else "odt"
    if any(n.startswith("ppt/") for n in names):
        raise UnsupportedFormat(
            "the file is a slide show.", file=file, remedy="Save its notes or text as a Word document."
        )
    apple = any(n.startswith("Index/") or n == "Index.zip" for n in names)
    _refuse("a Pages, Numbers or Keynote document" if apple else "a compressed archive", file=file)


def _check_xml(content: bytes, *, file: str, place: str) -> None:
    from xml.parsers import expat

    head = content[:4096].replace(b"\0", b"")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in content[:65536].replace(b"\0", b""):
        raise ReadError(
            "the file declares its own XML rules (DOCTYPE), which no office program writes.",
            file=file,
            place=place,
            remedy=_SAVE_AGAIN,
        )
    depth = deepest = 0

    def start(_name: str, _attrs: dict[str, str]) -> None:
        nonlocal depth, deepest
        depth += 1
        deepest = max(deepest, depth)
        if depth > _XML_DEPTH:
            raise RecursionError

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(content, True)
    except RecursionError:
        raise ReadError(
            "the file is nested far too deeply to be a document.", file=file, place=place, remedy=_SAVE_AGAIN
        ) from None
    except expat.ExpatError as error:
        raise ReadError(
            "the file is damaged: its XML does not hold together.",
            file=file,
            place=f"{place}, line {error.lineno}",
            remedy=_SAVE_AGAIN,
        ) from None


def decode(raw: bytes, *, file: str, max_line: int = MAX_LINE) -> str:
    r"""Decode text in whatever encoding it came; line ends become `\n`.

    A byte-order mark decides; then strict UTF-8; then UTF-8 with single Windows bytes in it; then charset-normalizer
    between cp1252, mac_roman and UTF-16. Raises ReadError for binary files and for a single absurdly long line.
    """
    text = _by_mark(raw) or _by_content(raw, file=file)
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").replace("\0", "")
    controls = sum(text.count(chr(c)) for c in (*range(1, 9), *range(14, 32), 0xFFFD))
    if controls > 20 and controls > len(text) // 100:
        raise ReadError("the file is not text: it holds binary data.", file=file, remedy=_SAVE_AGAIN)
    longest = max((len(line) for line in text.split("\n")), default=0)
    if longest > max_line:
        raise ReadError(
            f"one line holds {longest:,} characters; that is no session document.",
            file=file,
            remedy="Export it again with line breaks.",
        )
    return text


def _by_mark(raw: bytes) -> str | None:
    for mark, codec in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if raw.startswith(mark):
            try:
                return raw.decode(codec)
            except UnicodeDecodeError:
                return raw.decode(codec, "replace") if codec != "utf-8-sig" else _mixed(raw[3:])
    return None


def _by_content(raw: bytes, *, file: str) -> str:
    sample = raw[:65536]
    zeros = sample.count(0)
    if zeros > len(sample) // 5:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        codec = "utf-16-be" if even > odd else "utf-16-le"
        if max(even, odd) > 9 * max(1, min(even, odd)) or min(even, odd) == 0:
            return raw.decode(codec, "replace")
    if zeros > max(16, len(sample) // 50):
        raise ReadError("the file is not text: it holds binary data.", file=file, remedy=_SAVE_AGAIN)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if re.search(rb"[\xc3\xc2][\x80-\xbf]|\xe2\x80[\x80-\xbf]", raw):
        return _mixed(raw)
    return _guess(raw)


def _mixed(raw: bytes) -> str:
    """Decode UTF-8 and read each byte that does not fit as cp1252."""
    parts: list[str] = []
    while raw:
        try:
            parts.append(raw.decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            parts.append(raw[: error.start].decode("utf-8"))
            parts.append(raw[error.start : error.end].decode("cp1252", "replace"))
            raw = raw[error.end :]
    return "".join(parts)


def _guess(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    telling = b"\n".join(line for line in raw.splitlines() if not line.isascii())[:65536]
    best = from_bytes(telling, cp_isolation=["cp1252", "mac_roman"]).best()
    try:
        return raw.decode(best.encoding if best else "cp1252")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
