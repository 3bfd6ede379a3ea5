"""Broken and hostile files: one clear error each, naming the file and a remedy, never the words in it."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
from pathlib import Path

import pytest

from feedback.errors import ReadError, RefusedFile, UnsupportedFormat
from feedback.ingest import read
from feedback.ingest._guard import decode, load

SECRET = "my sister Lupita"


def docx(
    body: str = "<w:p><w:r><w:t>x</w:t></w:r></w:p>", *, extra: dict[str, bytes] | None = None, head: str = ""
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        z.writestr(
            "word/document.xml", f'<?xml version="1.0"?>{head}<w:document xmlns:w="http://x">{body}</w:document>'
        )
        for name, content in (extra or {}).items():
            z.writestr(name, content)
    return buffer.getvalue()


def bomb() -> bytes:
    return docx(extra={"word/media/a.bin": b"\0" * (60 * 2**20)})


ENTITY = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
HOSTILE: dict[str, tuple[str, bytes, type[ReadError], str]] = {
    "empty": ("a.txt", b"", ReadError, "empty"),
    "only white space": ("a.vtt", b"\xef\xbb\xbf \r\n\r\n", ReadError, "empty"),
    "truncated zip": ("a.docx", docx()[:-40], ReadError, "cut off"),
    "zip bomb": ("a.docx", bomb(), ReadError, "unpacks to"),
    "many parts": ("a.docx", docx(extra={f"word/{i}": b"" for i in range(4000)}), ReadError, "parts"),
    "doctype": ("a.docx", docx("<a>&e;</a>", head=ENTITY), ReadError, "DOCTYPE"),
    "deep xml": ("a.docx", docx("<a>" * 5000 + "</a>" * 5000), ReadError, "nested"),
    "broken xml": ("a.docx", docx("<a>"), ReadError, "XML"),
    "password": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), ReadError, "password"),
    "old word": ("a.docx", OLE + "WordDocument".encode("utf-16-le"), UnsupportedFormat, ".docx"),
    "picture named txt": ("a.txt", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, UnsupportedFormat, "picture"),
    "recording": ("a.m4a", b"\0\0\0\x20ftypM4A " + b"\0" * 50, UnsupportedFormat, "transcri"),
    "binary named txt": ("a.txt", random.Random(0).randbytes(4000), ReadError, "not text"),
    "text named docx": ("a.docx", SECRET.encode(), ReadError, "not a .docx"),
    "zip of things": ("a.zip", b"PK\x05\x06" + b"\0" * 18, UnsupportedFormat, "archive"),
    "no cue": ("a.vtt", b"WEBVTT\n\n", ReadError, "no captions"),
    "no cue in srt": ("a.srt", SECRET.encode(), ReadError, "no captions"),
    "cut json": ("a.json", b'{"segments": [{"text": "my sister Lupita', ReadError, "cut off"),
    "deep json": ("a.json", b"[" * 100_000 + b"]" * 100_000, ReadError, "nested"),
    "strange json": ("a.json", b'{"a": {"b": "my sister Lupita"}}', UnsupportedFormat, "JSON"),
    "no json at all": ("a.jsonl", b"my sister Lupita\n", ReadError, "JSON"),
    "one long line": ("a.txt", b"x" * 1_500_000, ReadError, "one line"),
    "xml entities": (
        "a.xml",
        b'<?xml version="1.0"?><!DOCTYPE t [<!ENTITY e "my sister Lupita">]><transcript><text start="0">&e;</text></transcript>',
        ReadError,
        "",
    ),
    "unknown": ("a.xyz", SECRET.encode(), UnsupportedFormat, "do not read"),
    "sign-in by name": ("youth sign-in sheet.csv", b"a,b\n", RefusedFile, "sign-in"),
    "sign-in by title": ("a.txt", b"Lista de asistencia\n1. Lupita\n2. Ana\n", RefusedFile, "sign-in"),
    "gift cards": ("a.txt", b"Gift card log\nLupita  ____\n", RefusedFile, "head count"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_each_gives_one_clear_error_without_its_words(tmp_path: Path, case: str) -> None:
    name, content, kind, says = HOSTILE[case]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(kind) as caught:
        read(path)
    message = str(caught.value)
    assert name in message
    assert says in message
    assert "Lupita" not in message
    assert "Lupita" not in repr(caught.value.__cause__)
    assert caught.value.problem.remedy
    assert str(tmp_path) not in message


def test_the_rest_of_the_folder_is_read(tmp_path: Path) -> None:
    for i, (name, content, _, _) in enumerate(HOSTILE.values()):
        (tmp_path / f"{i:02d}").mkdir()
        (tmp_path / f"{i:02d}" / name).write_bytes(content)
    (tmp_path / "good.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nP1: we have no bus.\n", encoding="utf-8")
    corpus = read(tmp_path)
    assert [s.id for s in corpus] == ["good"]
    silent = {"a.zip", "a.xyz"}
    assert {p.file for p in corpus.problems if p.blocking} == {name for name, *_ in HOSTILE.values()} - silent
    assert {p.file for p in corpus.problems if not p.blocking} == silent


def test_size_is_looked_at_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as handle:
        handle.truncate(200 * 2**20)
    with pytest.raises(ReadError, match=r"200 MB, and 50 MB is the most"):
        read(path)
    small = tmp_path / "small.txt"
    small.write_bytes(b"x" * 100)
    with pytest.raises(ReadError, match="too large"):
        load(small, limit=50)


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such"):
        read(tmp_path / "nothing.docx")


TEXT = (
    "Facilitadora: ¿Qué les preocupa? Los niños están solos — “no hay nadie”.\nParticipante 1: Sí, mañana también, "
    "José no está.\n"
)


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman", "utf-32"]
)
def test_encodings(codec: str) -> None:
    raw = TEXT.encode(codec)
    if codec == "utf-32":
        assert raw.startswith(b"\xff\xfe\0\0")
    assert decode(raw, file="x") == TEXT


def test_mixed_encodings_keep_every_word() -> None:
    raw = "niño está\n".encode() + "mañana\n".encode("cp1252") + "también".encode()
    assert decode(raw, file="x") == "niño está\nmañana\ntambién"


def test_line_ends_and_stray_nuls_go() -> None:
    assert decode(b"a\r\nb\rc\0d", file="x") == "a\nb\ncd"


@pytest.mark.parametrize("seed", range(40))
def test_no_damage_escapes_as_anything_but_a_read_error(tmp_path: Path, seed: int) -> None:
    """Flip and cut bytes of good files: a session or a ReadError comes out, nothing else."""
    rng = random.Random(seed)
    sources = {
        "a.vtt": b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nP1: we have no bus.\n\n2\n00:00:03.000 --> "
        b"00:00:04.000\nP2: same\n",
        "a.json": b'{"segments": [{"start": 1, "end": 2.5, "text": "we have no bus", "speaker": "SPEAKER_00"}]}',
        "a.txt": TEXT.encode(),
        "a.docx": docx(),
        "a.csv": b"speaker,role,text\nP1,participant,we have no bus\n",
    }
    for name, content in sources.items():
        raw = bytearray(content)
        for _ in range(rng.randint(1, 6)):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        path = tmp_path / name
        path.write_bytes(bytes(raw[: rng.randint(1, len(raw))]))
        with contextlib.suppress(ReadError):
            assert read(path).values
