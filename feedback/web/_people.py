"""Coming in and going out: first set-up, sign-in, invitations, people, settings, the log."""

from __future__ import annotations

import hmac
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from feedback.errors import FeedbackError
from feedback.web._ask import LANGUAGES, Ask
from feedback.web._guard import LOCAL, LONGEST, ROLES, check_password, hash_password
from feedback.web._told import Line

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.store import Account

PAGE = 150
TROUBLE = {
    "short": "The password is too short: use at least 12 characters. A few words in a row are fine.",
    "easy": "That password is too easy to guess. A few words in a row are fine.",
    "unlike": "The two passwords are not the same.",
}


def setup(ask: Ask) -> Response:
    """Make the first administrator, with the code that stands in the terminal."""
    desk = ask.desk
    if desk.code is None:
        return ask.go("/signin")
    if ask.request.method == "GET":
        return ask.page("setup", code=ask.query("code"), values={})
    if wait := desk.throttle.enter("setup"):
        return ask.page("setup", status=429, code="", values={}, trouble=wait_words(ask, wait))
    if not hmac.compare_digest(ask.field("code").upper().replace(" ", "").encode(), desk.code.encode()):
        words = ask.t("That is not the code in the terminal. Look at the window in which the app was started.")
        return ask.page("setup", status=400, code="", values=_given(ask), trouble=words)
    try:
        made = _make(ask, roles=ROLES, by="first set-up", first=True)
    except FeedbackError as error:
        return ask.page("setup", status=400, code=desk.code, values=_given(ask), trouble=trouble_of(ask, error))
    desk.code = None
    if ask.field("organisation"):
        desk.keep_setting("organisation", ask.field("organisation", most=120), by=made.login)
    return enter(ask, made, "/settings")


def signin(ask: Ask) -> Response:
    """Let somebody in who knows their password; failures slow down."""
    desk, login = ask.desk, ask.field("login", most=80).lower()
    if desk.code is not None:
        return ask.go("/setup")
    if ask.request.method == "GET":
        return ask.page("signin", login="")
    place = ask.request.client.host if ask.request.client else ""
    if wait := desk.places.waits(place) or desk.throttle.enter(login):
        return ask.page("signin", status=429, login=login, trouble=wait_words(ask, wait))
    account = desk.accounts.find(login)
    fits = check_password(account.password if account else None, ask.field("password"))
    if account is None or not fits or account.closed:
        desk.places.fail(place)
        return ask.page("signin", status=400, login=login, trouble=ask.t("The name or the password is not right."))
    desk.throttle.clear(login)
    return enter(ask, account, "/second", pending=True) if account.second else enter(ask, account, "/")


def signout(ask: Ask) -> Response:
    """End the visit."""
    secret = ask.request.cookies.get("visit", "")
    if secret:
        ask.desk.accounts.leave(secret)
    answer = ask.go("/signin", said="bye")
    answer.delete_cookie("visit", httponly=True, samesite="strict")
    return answer


def language(ask: Ask) -> Response:
    """Remember the language and go back to the page."""
    chosen, back = ask.path("language"), ask.query("back")
    local = back.startswith("/") and not back.startswith(("//", "/\\")) and "\n" not in back and "\r" not in back
    answer = ask.go(back if local else "/")
    if chosen in LANGUAGES:
        answer.set_cookie("language", chosen, max_age=365 * 86400, samesite="strict", httponly=True)
    return answer


def welcome(ask: Ask) -> Response:
    """Open an invitation: choose a name for signing in and a password."""
    secret = ask.path("secret")
    invited = ask.desk.accounts.invitation(secret)
    if invited is None:
        words = ask.t("This invitation is used or too old. Ask for a new one.")
        return ask.page("trouble", status=410, title=ask.t("Invitation"), words=words)
    if ask.request.method == "GET":
        values = {"name": invited.name, "login": _login_for(ask, invited.name)}
        return ask.page("welcome", invited=invited, secret=secret, values=values)
    try:
        made = _make(ask, roles=invited.roles, by=f"invitation of {invited.by}", invitation=secret)
    except FeedbackError as error:
        return ask.page("welcome", status=400, invited=invited, secret=secret, values=_given(ask), trouble=trouble_of(ask, error))
    return enter(ask, made, "/upload" if set(invited.roles) == {"facilitator"} else "/")


def _login_for(ask: Ask, name: str) -> str:
    """A name for signing in that nobody has yet, made of somebody's name; they may choose another."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    stem = ".".join("".join(c if c.isalnum() else " " for c in plain).split())[:40]
    there = {a.login for a in ask.desk.accounts.all()}
    free = (f"{stem}{n or ''}" for n in (0, *range(2, 100)))
    return next((x for x in free if stem and x not in there), "")


def people(ask: Ask) -> Response:
    """List accounts; invite, change roles, close."""
    me = ask.need("can_administer")
    desk, link = ask.desk, ""
    if ask.request.method == "POST":
        roles = [r for r in ask.fields("roles") if r in ROLES]
        login, what = ask.field("login", most=80), ask.field("what")
        if what == "invite" and roles:
            secret = desk.accounts.invite(ask.field("name", most=120), roles=roles, by=str(me))
            link = str(ask.request.url_for("welcome", secret=secret))
        elif what == "roles" and login != me.login:
            desk.accounts.change(login, by=str(me), roles=roles)
        elif what == "second" and login != me.login:
            desk.accounts.set_second(login, None, by=str(me))
        elif what in ("close", "open") and login != me.login:
            desk.accounts.change(login, by=str(me), closed=what == "close")
        else:
            return ask.go("/people", said="nothing")
        if not link:
            return ask.go("/people", said="saved")
    return ask.page("people", accounts=desk.accounts.all(), roles=ROLES, link=link, only_here=ask.request.url.hostname in LOCAL)


def settings(ask: Ask) -> Response:
    """Keep the organisation's name and contacts, the codebook and the plan."""
    me = ask.need("can_administer")
    desk, trouble = ask.desk, list[Line]()
    if ask.request.method == "POST":
        try:
            if ask.field("what") == "contacts":
                said = {name: ask.field(name, most=most) for name, most in (("organisation", 120), ("contacts", 2000))}
                desk.verb(me, "read_over", "\n".join(said.values()), "contacts", staff=True)
                for name, words in said.items():
                    desk.keep_setting(name, words, by=str(me))
            else:
                _keep_file(ask, ask.field("what"))
            return ask.go("/settings", said="saved")
        except FeedbackError as error:
            trouble = ask.told(error)
    kept = {kind: (desk.store.document(kind) or ("",))[0] for kind in ("codebook", "plan")}
    return ask.page("settings", status=400 if trouble else 200, kept=kept, contacts=desk.setting("contacts", ""), trouble=trouble)


def log(ask: Ask) -> Response:
    """Show what was done, by whom; addresses and counts only."""
    if not (ask.person.can_administer or ask.person.can_reveal):
        raise HTTPException(403)
    events = ask.desk.store.events()  # the whole chain, checked
    first = int(ask.query("from")) if ask.query("from").isascii() and ask.query("from").isdigit() else 0
    shown = events[::-1][first : first + PAGE]
    if not ask.person.can_code:
        shown = tuple({**e, "detail": _without_codes(e["detail"])} for e in shown)
    if not ask.person.can_reveal:
        hidden = {s for s in ask.desk.uncleared if not ask.desk.may_see(ask.person, s)}
        shown = tuple({**e, "detail": _masked(e["detail"], hidden)} for e in shown)
    return ask.page("log", events=shown, total=len(events), first=first, page=PAGE)


def _without_codes(detail: dict[str, Any]) -> dict[str, Any]:
    """A detail of the log that does not say which codes a person laid on a unit: whoever has all of them counts again."""
    return {k: len(v) if k in ("on", "off") and isinstance(v, list) else v for k, v in detail.items()}


def _masked(value: Any, hidden: set[str]) -> Any:
    """A detail of the log without the codes of sessions that do not concern the reader yet."""
    if isinstance(value, str):
        return "…" if value.partition("#")[0] in hidden else value
    if isinstance(value, dict):
        return {_masked(k, hidden): _masked(v, hidden) for k, v in value.items()}
    return [_masked(v, hidden) for v in value] if isinstance(value, list | tuple) else value


def _keep_file(ask: Ask, what: str) -> None:
    files = ask.files("file")
    if what not in ("codebook", "plan") or not files:
        raise FeedbackError(ask.t("Choose a file first."))
    suffix = Path(files[0].filename or "").suffix.lower()
    if suffix not in (".yaml", ".yml", ".csv"):
        raise FeedbackError(ask.t("A codebook is a .yaml or .csv file, a plan a .yaml file."))
    desk = ask.desk
    with tempfile.TemporaryDirectory(prefix="feedback-") as folder:
        path = Path(folder) / f"{what}{suffix}"
        path.write_bytes(files[0].file.read(8 * 2**20))
        if what == "codebook":
            desk.verb(ask.person, "use_codebook", str(path))
        else:
            desk.verb(ask.person, "use_plan", str(path))
    if what == "codebook" and len(desk.view.corpus):
        desk.jobs.ask("tag", who=str(ask.person), once=True)
        desk.wake.set()


def _make(ask: Ask, *, roles: tuple[str, ...], by: str, first: bool = False, invitation: str = "") -> Account:
    login, name = ask.field("login", most=80), ask.field("name", most=120)
    if login == "consensus" or not login or not name or not all(c.isalnum() or c in "._-@" for c in login):
        raise FeedbackError("Give your name, and a name for signing in made of letters, digits, dots or dashes.")
    if ask.field("password") != ask.field("again"):
        raise FeedbackError("unlike")
    return ask.desk.accounts.add(
        login, name=name, password=hash_password(ask.field("password")), roles=roles, by=by, first=first, invitation=invitation
    )


def enter(ask: Ask, account: Account, to: str, *, pending: bool = False) -> Response:
    """Open a visit and send its cookie; `pending` while the second factor is still to come."""
    answer = ask.go(to, said="" if pending else "welcome")
    answer.set_cookie(
        "visit", ask.desk.accounts.enter(account, pending=pending), max_age=LONGEST, httponly=True, samesite="strict",
        secure=ask.request.url.scheme == "https",
    )  # fmt: skip
    return answer


def _given(ask: Ask) -> dict[str, str]:
    return {n: ask.field(n, most=120) for n in ("login", "name", "organisation")}


def trouble_of(ask: Ask, error: FeedbackError) -> str:
    """Say what is wrong with a form, in the reader's language."""
    return ask.t(TROUBLE.get(str(error), str(error)))


def wait_words(ask: Ask, seconds: float) -> str:
    """Say how long to wait after too many tries."""
    minutes = max(1, round(seconds / 60))
    return ask.t("Too many tries. Please wait about {n} min and try again.", n=minutes)

