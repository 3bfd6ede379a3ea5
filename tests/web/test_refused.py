"""Files that cannot be read: each page says why, where and what to do, in the reader's language, and the others are kept."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from web.conftest import NOTES, account, run_jobs, visitor

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def _scan() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (80, 120), (240, 240, 240)).save(out, format="PDF")
    return out.getvalue()


BAD = {
    "protegido.docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "contraseña", "quite la contraseña"),
    "escaneo.pdf": (_scan(), "escaneo", "reconocimiento de texto"),
    "vacio.txt": (b"   \n", "vacío", "Expórtelo otra vez"),
    "notas.pages": (_zip("Index/Document.iwa", "preview.jpg"), "Pages", "Exportar"),
    "foto.heic": (b"\0\0\0\x18ftypheic" + b"\0" * 64, ".heic", "Escriba lo que muestra"),
    "foto.docx": (b"\0\0\0\x18ftypheic" + b"\0" * 64, "imagen", "Escriba lo que muestra"),
    "todo.zip": (_zip("a.docx"), ".zip", "descomprímalo"),
    "viejo.doc": (OLE + "WordDocument".encode("utf-16-le"), "formato antiguo de Word", "guárdelo como .docx"),
    "lista.csv": (b"Name,Signature,Phone\nA B,x,555\nC D,y,556\n", "lista de asistencia", "número de personas"),
    "roto.docx": (_zip("word/document.xml")[:60], "dañado", "guárdelo otra vez"),
    "audio.txt": (b"ID3" + b"\0" * 300, "grabación de sonido", "transcriban"),
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_bad_file_says_why_and_what_to_do_and_the_good_one_is_read(app, language) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    client.get(f"/language/{language}?back=/upload")
    files = [("files", (name, content)) for name, (content, _, _) in BAD.items()]
    answer = client.post("/upload", files=[*files, ("files", ("good.txt", NOTES.encode()))])
    run_jobs(app)
    page = client.get(answer.url.path).text
    cards = {re.search(r"<h2>(.+?)</h2>", c)[1]: c for c in page.split("<section ")[1:]}  # type: ignore[index]
    assert set(cards) == {*BAD, "good.txt"}
    assert "LS-T1" in cards["good.txt"]
    for name, (_, why, do) in BAD.items():
        card = cards[name]
        assert "refused" in card.split(">", 1)[0], name
        assert 'class="problem"' in card
        if language == "es":
            assert 'lang="en"' not in card, name
            assert why in card, name
            assert do in card, name
        else:
            told = re.search(r'class="problem">(.+?)</p>', card, re.S)
            assert told is not None, name
            assert re.search(r"[.)]\s+[A-Z].+\.", told[1], re.S), name  # why, and what to do


def test_what_is_too_large_is_said_before_it_is_read(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    client.get("/language/es?back=/upload")
    large, good = ("grande.docx", b"x" * (50 * 2**20 + 1)), ("good.txt", NOTES.encode())
    answer = client.post("/upload", files=[("files", large), ("files", good)])
    run_jobs(app)
    page = client.get(answer.url.path).text
    assert "50 MB" in page
    assert "sin grabaciones ni imágenes" in page
    assert "LS-T1" in page
