"""How a finished file was made, read from its own properties, whatever its format."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

MANIFEST = re.compile(
    r'(?:<script type="application/json" id="feedback-manifest">|<!-- feedback-manifest )(\{.*?\})(?:</script>| -->)',
    re.S,
)
KEPT = ("title", "kind", "language", "quotes", "session", "plan", "on", "signed", "since", "waiting", "kept")


def stamp_of(file: str | Path) -> dict[str, str]:
    """How a brief was made (keys `KEPT`); empty for what is no brief.

    Raises OSError where the file cannot be opened.
    """
    path = Path(file)
    suffix = path.suffix.lower()
    if suffix in (".html", ".md"):
        found = MANIFEST.search(path.read_text(encoding="utf-8", errors="replace"))
        try:
            kept = json.loads(found[1])["feedback"] if found else {}
            return {k: str(kept[k]) for k in KEPT if k in kept}
        except (ValueError, KeyError, TypeError):
            return {}
    title, words = _pdf(path) if suffix == ".pdf" else _office(path)
    if not words.startswith("feedback "):
        return {}
    pairs = dict(w.replace("\u00a0", " ").split("=", 1) for w in words.split(" ")[1:] if "=" in w)
    return {"title": title, **{k: v for k, v in pairs.items() if k in KEPT}}


def _office(path: Path) -> tuple[str, str]:
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as file:
            root = fromstring(file.read("docProps/core.xml"))
    except (zipfile.BadZipFile, KeyError, ParseError, ValueError, NotImplementedError, EOFError):
        return "", ""
    texts = {node.tag.rpartition("}")[2]: node.text or "" for node in root}
    return texts.get("title", ""), texts.get("keywords", "")


def _pdf(path: Path) -> tuple[str, str]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path.read_bytes())
    except pypdfium2.PdfiumError:
        return "", ""
    try:
        kept = document.get_metadata_dict()
    finally:
        document.close()
    return kept.get("Title", ""), kept.get("Keywords", "")
