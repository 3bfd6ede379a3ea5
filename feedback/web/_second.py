"""The second factor: a code of an app on one's phone (RFC 6238), spare codes for a lost phone, and one's own password."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING

from feedback.errors import FeedbackError
from feedback.web._ask import Ask
from feedback.web._guard import check_password, hash_password
from feedback.web._people import enter, trouble_of, wait_words

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.store import Account

STEP, SPARES = 30, 8
PENDING = 10 * 60
_SECRET = re.compile(r"[A-Z2-7]{32}")
NOT_RIGHT = "That code is not right, or it was used already. Wait for the next one."


def second(ask: Ask) -> Response:
    """Ask for the code after the password was right."""
    desk, secret = ask.desk, ask.request.cookies.get("visit", "")
    account = desk.accounts.who(secret, idle=PENDING, longest=PENDING, pending=True) if secret else None
    if account is None:
        return ask.go("/signin")
    if ask.request.method == "GET":
        return ask.page("second")
    key = f"second {account.login}"
    if wait := desk.throttle.enter(key):
        return ask.page("second", status=429, trouble=wait_words(ask, wait))
    if not _fits(ask, account, ask.field("code", most=40)):
        return ask.page("second", status=400, trouble=ask.t(NOT_RIGHT))
    desk.throttle.clear(key)
    desk.accounts.leave(secret)
    return enter(ask, account, "/")


def mine(ask: Ask) -> Response:
    """One's own account: change the password, turn the second factor on or off."""
    me, desk = ask.person, ask.desk
    account = desk.accounts.find(me.login)
    assert account is not None
    if ask.request.method == "GET":
        return ask.page("mine", account=account, shown=None, spare=())
    if wait := desk.throttle.enter(me.login):
        return ask.page("mine", status=429, account=account, shown=None, spare=(), trouble=wait_words(ask, wait))
    if not check_password(account.password, ask.field("password")):
        words = ask.t("The password is not right.")
        return ask.page("mine", status=400, account=account, shown=None, spare=(), trouble=words)
    desk.throttle.clear(me.login)
    try:
        return _change(ask, account)
    except FeedbackError as error:
        return ask.page("mine", status=400, account=account, shown=None, spare=(), trouble=trouble_of(ask, error))


def _change(ask: Ask, account: Account) -> Response:
    import pyotp

    what, accounts, visit = ask.field("what"), ask.desk.accounts, ask.request.cookies.get("visit", "")
    if what == "password":
        if ask.field("new") != ask.field("again"):
            raise FeedbackError("unlike")
        accounts.change(account.login, by=str(ask.person), password=hash_password(ask.field("new")))
        return enter(ask, account, "/me")
    if what == "off":
        accounts.set_second(account.login, None, keep=visit, by=str(ask.person))
        return ask.go("/me", said="saved")
    if what == "show":
        secret = pyotp.random_base32()
        return ask.page("mine", account=account, shown=(secret, _picture(ask, account, secret)), spare=())
    secret = ask.field("secret", most=64)
    step = _step(secret, ask.field("code", most=10)) if _SECRET.fullmatch(secret) else None
    if step is None:
        shown = (secret, _picture(ask, account, secret)) if _SECRET.fullmatch(secret) else None
        return ask.page("mine", status=400, account=account, shown=shown, spare=(), trouble=ask.t(NOT_RIGHT))
    spare = tuple(f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(SPARES))
    sealed = ask.desk.seal.close(secret.encode(), name=f"second {account.login}")
    accounts.set_second(account.login, sealed, spare=spare, step=step, keep=visit, by=str(ask.person))
    return ask.page("mine", account=accounts.find(account.login), shown=None, spare=spare)


def _step(secret: str, given: str) -> int | None:
    """The half minute whose code this is, now or just before or after; None where it is none."""
    import pyotp

    totp, now, given = pyotp.TOTP(secret), int(time.time() // STEP), given.replace(" ", "")
    return next((s for s in (now, now - 1, now + 1) if pyotp.utils.strings_equal(given, totp.at(s * STEP))), None)


def _fits(ask: Ask, account: Account, given: str) -> bool:
    sealed = ask.desk.accounts.second(account.login)
    if sealed is None:
        return False
    if "-" in given:
        return ask.desk.accounts.spend(account.login, spare=given.replace(" ", "").lower())
    step = _step(ask.desk.seal.open(sealed, name=f"second {account.login}").decode(), given)
    return step is not None and ask.desk.accounts.spend(account.login, step=step)


def _picture(ask: Ask, account: Account, secret: str) -> str:
    import pyotp
    import segno

    issuer = str(ask.desk.setting("organisation", "")) or "feedback"
    address = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=issuer)
    return str(segno.make(address, error="m").svg_inline(scale=5, border=3, dark="#1b1f24", light="#ffffff", omitsize=False))
