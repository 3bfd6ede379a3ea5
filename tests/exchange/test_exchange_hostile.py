"""Files made to do harm: one clear error each, nothing unpacked, no words shown."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback.errors import ReadError
from feedback.exchange import read_codebook, read_qdc, read_qdpx, settle
from feedback.exchange._xml import MAX_ENTRIES

Write = Callable[..., Path]
G = "AAAAAAAA-0000-0000-0000-000000000000"
TEXT = f'<Sources><TextSource guid="{G}" name="t" plainTextPath="{{}}"/></Sources>'


def test_a_bomb_is_refused(qdpx: Write) -> None:
    path = qdpx(TEXT.format("internal://bomb.txt"), {"sources/bomb.txt": b"0" * 50_000_000})
    assert path.stat().st_size < 100_000
    with pytest.raises(ReadError, match="unpacks to far more"):
        read_qdpx(path)


def test_a_bomb_for_a_project(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.qdpx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b" " * 60_000_000)
    with pytest.raises(ReadError, match="unpacks to far more"):
        read_qdpx(tmp_path / "b.qdpx")


def test_a_size_that_lies(qdpx: Write) -> None:
    path = qdpx(TEXT.format("internal://x.txt"), {"sources/x.txt": bytes(range(256)) * 400})
    raw = path.read_bytes()
    path.write_bytes(raw.replace((256 * 400).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(ReadError):
        read_qdpx(path)


@pytest.mark.parametrize(
    "member", ["../evil.txt", "sources/../../evil.txt", "/etc/evil", "..\\evil.txt", "C:\\evil.txt"]
)
def test_members_that_point_outside(qdpx: Write, member: str, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="outside the archive"):
        read_qdpx(qdpx("", {member: b"x"}))
    assert not list(tmp_path.parent.glob("evil*"))


@pytest.mark.parametrize(
    "path", ["internal://../../etc/hostname", "file:///etc/hostname", "/etc/hostname", "relative:///etc/passwd"]
)
def test_source_paths_never_reach_the_disk(qdpx: Write, path: str) -> None:
    incoming = read_qdpx(qdpx(TEXT.format(path)))
    assert incoming.sources[0].text is None
    assert "1 sources whose text is not in the file" in str(settle(incoming).losses)


DOCTYPES = {
    "laughs": '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
    "outside": '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    "remote": '<!DOCTYPE p SYSTEM "http://example.invalid/x.dtd">',
}


@pytest.mark.parametrize("kind", sorted(DOCTYPES))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_doctypes(tmp_path: Path, kind: str, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{DOCTYPES[kind]}'
    project = declared + '<Project xmlns="urn:QDA-XML:project:1.0" name="p"/>'
    with zipfile.ZipFile(tmp_path / "d.qdpx", "w") as archive:
        archive.writestr("project.qde", project.encode(encoding))
    with pytest.raises(ReadError, match="DOCTYPE"):
        read_qdpx(tmp_path / "d.qdpx")
    (tmp_path / "d.qdc").write_bytes((declared + '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>').encode(encoding))
    with pytest.raises(ReadError, match="DOCTYPE"):
        read_qdc(tmp_path / "d.qdc")


@pytest.mark.parametrize("raw", [b"", b"PK", b"not a zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_project(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "n.qdpx").write_bytes(raw)
    with pytest.raises(ReadError):
        read_qdpx(tmp_path / "n.qdpx")
    with pytest.raises(ReadError):
        read_qdc(tmp_path / "n.qdpx")


def test_a_cut_off_archive(qdpx: Write) -> None:
    path = qdpx("<Users/>", {"sources/a.txt": b"words" * 100})
    whole = path.read_bytes()
    for cut in range(1, len(whole), 37):
        path.write_bytes(whole[:cut])
        with pytest.raises(ReadError):
            read_qdpx(path)


def test_bytes_turned_over(qdpx: Write) -> None:
    path = qdpx(TEXT.format("internal://a.txt"), {"sources/a.txt": b"words of Deshawn Pruitt" * 100})
    whole = path.read_bytes()
    for at in range(0, len(whole), 11):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        said = ""
        try:
            said = str(settle(read_qdpx(path)).losses)
        except ReadError as err:
            said = str(err)
        assert said
        assert "Pruitt" not in said


def test_two_projects_none_and_too_many_members(qdpx: Write, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="more than one"):
        read_qdpx(qdpx("", {"b.qde": b"<x/>"}, name="a.qde"))
    with pytest.raises(ReadError, match="no project"):
        read_qdpx(qdpx("", name="a.xml"))
    with zipfile.ZipFile(tmp_path / "m.qdpx", "w") as archive:
        for n in range(MAX_ENTRIES + 1):
            archive.writestr(str(n), b"")
    with pytest.raises(ReadError, match="members"):
        read_qdpx(tmp_path / "m.qdpx")


def test_odd_numbers_and_empty_names(qdpx: Write) -> None:
    body = f"""<CodeBook><Codes><Code guid="{G}" name="n" isCodable="true"/></Codes></CodeBook><Sources><TextSource guid="" name="">
    <PlainTextContent>some words</PlainTextContent>
    <PlainTextSelection startPosition="-5" endPosition="3"><Coding><CodeRef targetGUID="{G}"/></Coding></PlainTextSelection>
    <PlainTextSelection startPosition="x" endPosition="99999999999999999999"/>
    <PlainTextSelection startPosition="8" endPosition="2"/><PlainTextSelection><Coding/></PlainTextSelection>
    <PlainTextSelection startPosition="0" endPosition="4"><Coding><CodeRef targetGUID="nothing"/></Coding></PlainTextSelection>
    </TextSource></Sources>"""
    found = settle(read_qdpx(qdpx(body)))
    assert len(found.codings) == 0
    assert "4 passages that lie outside their source." in found.losses.lines
    assert "1 codings whose code is not in the file." in found.losses.lines


def test_depth_and_nameless_codes(qdpx: Write, tmp_path: Path) -> None:
    deep = "<Code name='x'>" * 5000 + "</Code>" * 5000
    with pytest.raises(ReadError):
        read_qdpx(qdpx(f"<CodeBook><Codes>{deep}</Codes></CodeBook>"))
    with pytest.raises(ReadError, match="no name"):
        read_qdpx(qdpx("<CodeBook><Codes><Code name=' '/></Codes></CodeBook>"))
    (tmp_path / "e.qdc").write_text('<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes/></CodeBook>')
    with pytest.raises(ReadError, match="no codes"):
        read_codebook(tmp_path / "e.qdc")
    (tmp_path / "e.qdc").write_text("<html/>")
    with pytest.raises(ReadError, match="no codebook"):
        read_codebook(tmp_path / "e.qdc")
