"""brief(): needs to a Brief, saved in the format of the file's suffix."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from feedback.briefs._page import Page
from feedback.errors import FeedbackError
from feedback.plan import Needs

FORMATS = {
    ".html": "_html", ".md": "_markdown", ".docx": "_docx", ".pdf": "_pdf", ".xlsx": "_sheets", ".pptx": "_slides",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief ready to be saved; the same needs give the same bytes."""

    page: Page
    needs: Needs = field(repr=False)

    def render(self, suffix: str = ".html") -> bytes:
        """Return the brief in a format; raises FeedbackError for suffixes nobody writes."""
        if suffix.lower() not in FORMATS:
            raise FeedbackError(f"a brief is saved as {', '.join(FORMATS)}, not as {suffix or 'a file without suffix'}")
        render: Callable[[Page], str | bytes] = import_module(f"feedback.briefs.{FORMATS[suffix.lower()]}").render
        made = render(self.page)
        return made.encode() if isinstance(made, str) else made

    def save(self, path: str | Path) -> Path:
        """Write the brief whole or not at all; the suffix decides the format (.html .md .docx .pdf .xlsx .pptx)."""
        return write_whole(Path(path), self.render(Path(path).suffix))


def write_whole(target: Path, made: bytes) -> Path:
    """Write a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=target.resolve().parent, prefix=".brief-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target


def brief(
    needs: Needs, *, title: str = "", quotes: int = 3, kind: str = "full", language: str = "en", session: str = ""
) -> Brief:
    """Lay out recurring needs as a brief, every number with what it stands on.

    `kind` is `full`, `board` (two pages), `report-back` (one page to those who spoke) or `session` (one page on the session
    of this code, for its host the same evening); the last two speak `language` en or es. `quotes` is how many at most stand
    under each need.

    Raises:
        FeedbackError: the themes are a private, unsuppressed view, or there is no such kind or language.
    """
    from feedback.briefs._compose import KINDS, sections_of, stamp_of, titles_of
    from feedback.briefs._report_back import LANGUAGES

    if needs.themes.private:
        raise FeedbackError(
            "these themes are a private view without suppression; summarize again without private=True to print them"
        )
    pages = kind in ("report-back", "session")
    if kind not in KINDS or language not in (LANGUAGES if pages else ("en",)):
        raise FeedbackError(
            f"a brief is of kind {', '.join(KINDS)}, in English (the report-back and the session page in English or Spanish)"
        )
    if kind == "session" and not session:
        raise FeedbackError("say of which session: give its code")
    from feedback.briefs._claims import Ledger

    ledger = Ledger(needs)
    sections = sections_of(needs, ledger, kind=kind, quotes=quotes, language=language, session=session)
    heading, subtitle = titles_of(needs, kind=kind, language=language, session=session)
    stamp = stamp_of(
        needs, program=_version(), quotes=str(quotes), title=title, kind=kind, language=language, session=session
    )
    page = Page(title or heading, subtitle, tuple(sections), ledger.claims, language, stamp, kind == "full")
    return Brief(page, needs)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("feedback")
    except PackageNotFoundError:
        return "unknown"
