"""What stands at the door of every request: headers, cross-site refusal, passwords, throttle, roles."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feedback.errors import FeedbackError

ROLES = ("facilitator", "researcher", "author", "privacy", "administrator")
IDLE, LONGEST = 45 * 60, 10 * 3600
LOCAL = ("127.0.0.1", "localhost", "[::1]", "::1")
MAX_BODY = 64 * 2**20
MOST_FILES, MOST_KEYS = 100, 10_000
SMALL = 64 * 1024  # of a form that anybody may send
SHORTEST, MOST_WORDS = 12, 1_024
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=2)
_AT_ONCE = BoundedSemaphore(4)  # each hash takes 64 MB: whoever signs in a hundred times at once waits
_NOBODY = _HASHER.hash("nobody signs in with this")
_CSP = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; img-src 'self' data:"
)
HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, with what they may do as questions."""

    login: str
    name: str
    roles: frozenset[str]

    def __str__(self) -> str:
        return f"{self.name} ({self.login})"

    @property
    def can_upload(self) -> bool:
        """May bring sessions in and confirm what was read."""
        return bool(self.roles & {"facilitator", "researcher"})

    @property
    def can_reveal(self) -> bool:
        """May see what the gate found anywhere, and decide."""
        return "privacy" in self.roles

    @property
    def can_code(self) -> bool:
        """May lay codes on units and decide about topics."""
        return "researcher" in self.roles

    @property
    def can_place(self) -> bool:
        """May see of any session where and when it was held, and what it said by itself: others count from these again."""
        return bool(self.roles & {"researcher", "privacy"})

    @property
    def can_read(self) -> bool:
        """May read needs, themes and units that passed the gate."""
        return bool(self.roles & {"author", "researcher", "privacy"})

    @property
    def can_administer(self) -> bool:
        """May invite people and change settings."""
        return "administrator" in self.roles


def hash_password(given: str) -> str:
    """Hash a password with argon2id; raises FeedbackError where it is too short or everyone's."""
    if len(given) < SHORTEST:
        raise FeedbackError("short")
    if len(set(given.lower())) < 5 or given.lower().strip("0123456789!") in ("password", "contraseña", "qwertyuiop"):
        raise FeedbackError("easy")
    with _AT_ONCE:
        return _HASHER.hash(given[:MOST_WORDS])


def check_password(stored: str | None, given: str) -> bool:
    """Whether the password fits; takes as long where there is no such account."""
    try:
        with _AT_ONCE:
            return _HASHER.verify(stored or _NOBODY, given[:MOST_WORDS]) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


class Throttle:
    """Count tries by key; after five within a quarter of an hour the key waits, a minute first, then longer."""

    def __init__(self, *, free: int = 5, window: float = 900) -> None:
        self.free, self.window, self._failed, self._lock = free, window, dict[str, list[float]](), Lock()

    def waits(self, key: str) -> float:
        """Seconds until this key may try again; 0 where it may."""
        with self._lock:
            return self._waits(key)

    def enter(self, key: str) -> float:
        """Count a try before it is looked at, so that many at once do not slip through; seconds to wait where it may not be."""
        with self._lock:
            wait = self._waits(key)
            if not wait:
                self._note(key)
            return wait

    def fail(self, key: str) -> None:
        """Note a failure."""
        with self._lock:
            self._note(key)

    def clear(self, key: str) -> None:
        """Forget the failures of a key that got in."""
        with self._lock:
            self._failed.pop(key, None)

    def _note(self, key: str) -> None:
        now = time.monotonic()
        if len(self._failed) > MOST_KEYS:  # never those that wait: whoever tries ten thousand names frees no other
            spare = [k for k, f in self._failed.items() if len(f) < self.free or now - f[-1] > self.window]
            for old in spare[: MOST_KEYS // 2]:
                del self._failed[old]
        self._failed.setdefault(key, []).append(now)

    def _waits(self, key: str) -> float:
        now = time.monotonic()
        failed = self._failed[key] = [t for t in self._failed.get(key, ()) if now - t < self.window]
        if not failed:
            del self._failed[key]
        extra = len(failed) - self.free
        return 0.0 if extra < 0 else max(0.0, failed[-1] + min(60.0 * 2**extra, self.window) - now)


def from_here(headers: Headers) -> bool:
    """Whether a changing request comes from our own pages (Sec-Fetch-Site, else Origin, else Referer)."""
    origin = headers.get("origin") or headers.get("referer") or ""
    same = bool(origin) and urlsplit(origin).netloc == headers.get("host", "-")
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin" and (same or not origin)
    return same


class Doorkeeper:
    """Refuse cross-site changes and set the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _with_headers(scope, send)
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not from_here(Headers(scope=scope)):
            refused = PlainTextResponse("This request did not come from our own pages and was refused.", status_code=403)
            await refused(scope, receive, answer)
            return
        await self.app(scope, receive, answer)


def _with_headers(scope: Scope, send: Send) -> Callable[[Message], Awaitable[None]]:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if not scope["path"].startswith("/static/"):
                headers["Cache-Control"] = "no-store"
            if scope["scheme"] == "https":
                headers["Strict-Transport-Security"] = "max-age=31536000"
        await send(message)

    return answer
