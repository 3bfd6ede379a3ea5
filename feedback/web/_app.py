"""The application: which address leads to which handler, and what every request passes on its way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import replace
from html import escape
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from feedback.errors import FeedbackError
from feedback.web import _coding, _gate, _grid, _parts, _people, _read, _second, _settle, _topics, _upload
from feedback.web._ask import Ask
from feedback.web._desk import Desk
from feedback.web._guard import LOCAL, MAX_BODY, MOST_FILES, SMALL, Doorkeeper, Person
from feedback.web._kept import PLACE
from feedback.web._told import HERE
from feedback.web._worker import Worker

Handler = Callable[[Ask], Response]

ROUTES: tuple[tuple[str, Handler, str], ...] = (
    ("/", _read.home, "GET"),
    ("/setup", _people.setup, "GET POST"),
    ("/signin", _people.signin, "GET POST"),
    ("/second", _second.second, "GET POST"),
    ("/me", _second.mine, "GET POST"),
    ("/signout", _people.signout, "POST"),
    ("/language/{language}", _people.language, "GET"),
    ("/welcome/{secret}", _people.welcome, "GET POST"),
    ("/people", _people.people, "GET POST"),
    ("/settings", _people.settings, "GET POST"),
    ("/log", _people.log, "GET"),
    ("/upload", _upload.upload, "GET POST"),
    ("/upload/part", _parts.part, "GET POST"),
    ("/notes", _upload.template, "GET"),
    ("/jobs/{job:int}", _upload.job, "GET"),
    ("/jobs/{job:int}/state", _upload.job_state, "GET"),
    ("/jobs/{job:int}/cancel", _upload.cancel, "POST"),
    ("/jobs/{job:int}/again", _upload.again, "POST"),
    ("/jobs/{job:int}/file", _read.made, "GET"),
    ("/sessions/{session}", _upload.session, "GET POST"),
    ("/sessions/{session}/roles", _upload.recast, "POST"),
    ("/sessions/{session}/withdraw", _upload.withdraw, "POST"),
    ("/sessions/{session}/summary", _upload.summary, "GET"),
    ("/receipts/{number:int}", _upload.receipt, "GET"),
    ("/gate", _gate.gate, "GET"),
    ("/gate/reveal", _gate.reveal, "POST"),
    ("/gate/decide", _gate.decide, "POST"),
    ("/certificates", _gate.certificates, "GET"),
    ("/needs", _read.needs, "GET"),
    ("/needs/{need}", _read.need, "GET"),
    ("/themes", _read.themes, "GET"),
    ("/grid", _grid.grid, "GET"),
    ("/plan", _read.plan, "GET"),
    ("/search", _read.search, "GET"),
    ("/quote", _read.quote, "GET"),
    ("/brief", _read.brief, "POST"),
    ("/code", _coding.code, "GET"),
    ("/code/lay", _coding.put, "POST"),
    ("/code/undo", _coding.undo, "POST"),
    ("/code/memo", _coding.memo, "POST"),
    ("/code/compare", _settle.compare, "GET"),
    ("/code/settle", _settle.settle, "POST"),
    ("/topics", _topics.show, "GET"),
    ("/topics/undo", _topics.undo, "POST"),
    ("/topics/{topic:int}", _topics.change, "POST"),
    ("/start/{kind}", _topics.work, "POST"),
)
KEPT = {_read.needs, _read.need, _read.themes, _grid.grid, _read.plan, _read.search, _read.quote}  # the same for everyone in a role
OPEN = {_people.setup, _people.signin, _second.second, _people.language, _people.welcome}


def build(
    project: str | Path, *, hosts: tuple[str, ...], work: bool, apart: bool, new_key: bool,
    say: Callable[[str], object] | None,
) -> Starlette:  # fmt: skip
    """Put the application together."""
    desk = Desk(project, new_key=new_key)
    worker = desk.work_apart() if apart else Worker(desk)
    if say is not None and desk.code is not None:
        say(f"First start: make the administrator at /setup with this one-time code: {desk.code}")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if work:
            worker.start()
        yield
        if work:
            await run_in_threadpool(worker.stop)
        desk.close()

    routes: list[BaseRoute] = [
        Route(path, _endpoint(desk, handler), methods=methods.split(), name=handler.__name__)
        for path, handler, methods in ROUTES
    ]
    routes.append(Mount("/static", StaticFiles(directory=HERE / "static"), name="static"))
    names = sorted({*LOCAL, *hosts} - {"0.0.0.0", "::"})
    app = Starlette(
        routes=routes, lifespan=lifespan,
        middleware=[
            Middleware(Doorkeeper),
            Middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False),
            Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5),
        ],
        exception_handlers={HTTPException: _refuse(desk), Exception: _broken},
    )  # fmt: skip
    app.state.desk, app.state.worker = desk, worker
    return app


def _endpoint(desk: Desk, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        form, body = None, b""
        person = desk.visitor(request.cookies.get("visit", ""), only_known=True)
        if person is None:
            person = await run_in_threadpool(_who, desk, request)
        if person is None and handler not in OPEN:
            return Ask(request, desk, person=None, form=None).go("/setup" if desk.code else "/signin")
        if handler is _parts.part:
            body = await request.body()
        elif request.method == "POST" and person is None:
            if not 0 <= _length(request) <= SMALL:
                raise HTTPException(413)
            form = await request.form(max_files=0, max_fields=40)
        elif request.method == "POST":
            form = await request.form(max_files=MOST_FILES, max_fields=400, max_part_size=256 * 1024)
        elif person is not None and handler in KEPT:
            return await _from_shelf(desk, handler, request, person)
        ask = Ask(request, desk, person=person, form=form, body=body)
        try:
            return await run_in_threadpool(_handled, handler, ask)
        finally:
            if form is not None:
                await form.close()

    return answer


async def _from_shelf(desk: Desk, handler: Handler, request: Request, person: Person) -> Response:
    """Send a page that was made before at this revision for this role and language; make it where there is none."""
    ask = Ask(request, desk, person=replace(person, name=PLACE), form=None)
    packed = "gzip" in request.headers.get("accept-encoding", "")

    def key(mark: Hashable) -> Hashable:
        return mark, ask.language, person.roles, desk.setting("organisation", ""), request.url.path, request.url.query

    if (mark := desk.mark) is not None and (found := desk.shelf.find(key(mark), person, packed=packed)) is not None:
        return found

    def make() -> Response:
        mark = desk.view.mark
        made = _handled(handler, ask)
        if made.status_code == 200 and desk.view.mark == mark:
            desk.shelf.keep(key(mark), bytes(made.body))
            return desk.shelf.find(key(mark), person, packed=packed) or made
        made.body = bytes(made.body).replace(PLACE.encode(), escape(person.name).encode())
        made.headers["content-length"] = str(len(made.body))
        return made

    return await run_in_threadpool(make)


def _handled(handler: Handler, ask: Ask) -> Response:
    try:
        return handler(ask)
    except FeedbackError as error:
        return ask.page("trouble", status=409, title=ask.t("This did not work"), words=ask.told(error))


def _length(request: Request) -> int:
    """How long a body says it is; -1 where it does not say."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else -1


def _who(desk: Desk, request: Request) -> Person | None:
    return desk.visitor(request.cookies.get("visit", ""))


def _refuse(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    words = {
        400: "The form did not arrive whole, or held too many files: 100 at once is the most we take. Nothing was kept.",
        403: "Your role does not include this page. Ask an administrator if it should.",
        404: "There is nothing at this address, or it does not concern you.",
        405: "This address does not work that way.",
        413: "That is too large: 64 MB at once is the most we take.",
    }

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        person = await run_in_threadpool(_who, desk, request)
        ask = Ask(request, desk, person=person, form=None)
        told = ask.t(words.get(status, "This did not work"))
        return await run_in_threadpool(lambda: ask.page("trouble", status=status, title=ask.t("Not possible"), words=told))

    return answer


async def _broken(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"Something went wrong here ({type(error).__name__}). Nothing was lost; go back and try again.", 500)
