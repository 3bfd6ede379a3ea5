"""One request as the handlers see it: who asks, what they sent, in which language to answer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from feedback.web._guard import Person
from feedback.web._said import FIELDS, SAID
from feedback.web._told import HERE, Line, Said, catalogue, coder, line, lines, month, named, written

if TYPE_CHECKING:
    from feedback.errors import FeedbackError
    from feedback.web._desk import Desk

LANGUAGES = ("en", "es")
SECRET = ("password", "again", "new", "secret")


def say(language: str, words: str, **values: object) -> str:
    """Put words into a language; `{name}` stands for a value."""
    text = catalogue(language).get(words, words)
    return text.format(**values) if values else text


@cache
def templates() -> jinja2.Environment:
    """The page templates, escaping everything; compiled once."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, auto_reload=False,
    )  # fmt: skip


class Ask:
    """A request, answered by a handler through `page`, `go` or `file`."""

    def __init__(
        self, request: Request, desk: Desk, *, person: Person | None, form: FormData | None, body: bytes = b""
    ) -> None:
        self.request, self.desk, self.someone, self.body = request, desk, person, body
        self._form = form if form is not None else FormData()
        asked = request.cookies.get("language") or request.headers.get("accept-language", "en")[:2].lower()
        self.language = asked if asked in LANGUAGES else "en"

    @property
    def person(self) -> Person:
        """Who is signed in; raises 401 where nobody is."""
        if self.someone is None:
            raise HTTPException(401)
        return self.someone

    def need(self, question: str) -> Person:
        """The person, if they may (`can_upload` ...); raises 403."""
        if not getattr(self.person, question):
            raise HTTPException(403)
        return self.person

    def field(self, name: str, *, most: int = 2_000) -> str:
        """A form field's text, stripped and cut; empty where it is missing."""
        value = self._form.get(name)
        return value.strip()[:most] if isinstance(value, str) else ""

    def fields(self, name: str) -> list[str]:
        """All values of a form field."""
        return [v.strip()[:500] for v in self._form.getlist(name) if isinstance(v, str)]

    def files(self, name: str) -> list[UploadFile]:
        """The files sent in a field."""
        return [f for f in self._form.getlist(name) if isinstance(f, UploadFile) and f.filename]

    def query(self, name: str) -> str:
        """A value of the address, stripped and cut."""
        return self.request.query_params.get(name, "").strip()[:300]

    def path(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def t(self, words: str, **values: object) -> str:
        """Words in the reader's language."""
        return say(self.language, words, **values)

    def told(self, error: FeedbackError) -> list[Line]:
        """What an error says, in the reader's language where we know it there."""
        return lines(self.language, error)

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Render a page."""
        said, trouble = SAID.get(self.query("said"), ""), values.get("trouble", "")
        at = {self.t(words): field for words, field in FIELDS.items()}.get(trouble, "") if isinstance(trouble, str) else ""
        shown = {
            "t": self.t, "line": lambda p: line(self.language, p), "named": lambda c: named(self.language, c),
            "month": lambda m: month(self.language, m),
            "coder": lambda tagger: coder(self.language, tagger, self.desk.names), "written": self._written,
            "lang": self.language, "me": self.someone, "said": said, "at": at,
            "bad": lambda field, hint="": _bad(at, field, hint), "typed": self._typed() if trouble else {},
            "path": self.request.url.path,
            "here": self.request.url.path + (f"?{self.request.url.query}" if self.request.url.query else ""),
            "organisation": self.desk.setting("organisation", ""), "trouble": "", **values,
        }  # fmt: skip
        return HTMLResponse(templates().get_template(f"{template}.html.j2").render(shown), status_code=status)

    def _written(self, part: Any) -> Said:
        """The name of a plan, an area, a strategy or whoever leads it, in the reader's language where somebody wrote it so."""
        return written(self.language, part if isinstance(part, str) else part.name, getattr(part, "name_es", ""))

    def _typed(self) -> dict[str, str]:
        """What was filled in, so that a refused form loses nothing; never a password."""
        return {k: v[:2_000] for k, v in self._form.items() if isinstance(v, str) and k not in SECRET}

    def go(self, address: str, *, said: str = "", **query: str) -> Response:
        """Send the browser on after a change; `said` is a key of what happened."""
        words = urlencode({**query, **({"said": said} if said else {})})
        return RedirectResponse(address + (f"?{words}" if words else ""), status_code=303)

    @property
    def wants_json(self) -> bool:
        """Whether the page's own script asks, which goes on by itself."""
        return "application/json" in self.request.headers.get("accept", "")

    def json(self, values: dict[str, Any]) -> Response:
        """Answer the page's own script."""
        return JSONResponse(values)

    def file(self, content: bytes, *, name: str, kind: str) -> Response:
        """Send a file to be saved; the name is ours, never a stranger's."""
        safe = "".join(c if (c.isalnum() and c.isascii()) or c in "-_." else "-" for c in name)
        return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{safe}"'})


def _bad(at: str, field: str, hint: str) -> Markup:
    """The attributes of a form field that tie it to its hint and to what was wrong with it."""
    named = " ".join(n for n in (hint, "trouble" if at == field else "") if n)
    told = Markup(' aria-describedby="{}"').format(named) if named else Markup("")
    return told + (Markup(' aria-invalid="true"') if at == field else Markup(""))
