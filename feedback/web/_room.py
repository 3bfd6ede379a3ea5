"""The back room: the process beside the server that works through the queue, screens and counts, so that no page waits for it.

It speaks with the server over its standard input and output, and ends with it. Nothing else can reach it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from feedback.errors import FeedbackError

if TYPE_CHECKING:
    from feedback.findings import Themes
    from feedback.web._desk import Desk
    from feedback.web._view import View

HANDS, PATIENCE, NICE, BREATH, WISHED = 4, 5.0, 5, 1.0, 600.0
LOOKS = frozenset({"read_over", "reveal"})
VERBS = frozenset({"decide", "note", "read_over", "reveal", "screen", "use_codebook", "use_plan", "withdraw"})


def put(pipe: IO[bytes], message: object) -> None:
    """Write one message."""
    body = pickle.dumps(message, protocol=5)
    pipe.write(len(body).to_bytes(8, "big") + body)
    pipe.flush()


def take(pipe: IO[bytes]) -> Any:
    """Read one message; raises EOFError where the other side is gone."""
    head = pipe.read(8)
    body = pipe.read(int.from_bytes(head, "big")) if len(head) == 8 else b""
    if not body or len(body) != int.from_bytes(head, "big"):
        raise EOFError
    return pickle.loads(body)


def _count(desk: Desk) -> object:
    view = desk.view
    return view.revision, view.count()


def _verb(desk: Desk, who: str, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[str, ...] | None:
    from feedback.privacy import Audit

    if name not in VERBS:
        raise FeedbackError("there is no such verb")
    verb = getattr(desk.project(who), name)
    if name in LOOKS:
        return tuple(verb(*given, **named) or ())
    with desk.lock:
        made = verb(*given, **named)
        if isinstance(made, Audit):
            desk.keep_audit(made)
    return None


def _topic(desk: Desk, *given: Any) -> str:
    from feedback.web._topics import back, step

    with desk.lock:
        return step(desk, *given) if len(given) > 1 else back(desk, *given)


ASKED: dict[str, Callable[..., object]] = {
    "count": _count,
    "themes": lambda desk, by: desk.view.themes(by),
    "held": lambda desk: desk.audit("web"),
    "verb": _verb,
    "topic": _topic,
}


class Room:
    """Answers what the server asks, while the worker does the jobs."""

    def __init__(self, desk: Desk, out: IO[bytes], name: str) -> None:
        from feedback.web._worker import Worker

        self.desk, self._out, self._lock = desk, out, threading.Lock()
        self.worker = Worker(desk, room=name)
        self._hands = ThreadPoolExecutor(HANDS)
        self._counts = threading.Thread(target=self._count, daemon=True)
        self.wishes: dict[str, float] = {}  # groupings that were looked at, and when last
        desk.here.told = self._counted
        desk.told = lambda held: self._say("held", held)

    def start(self) -> None:
        """Begin to work, and to count whatever has changed a moment after it has."""
        self.worker.start()
        self._counts.start()

    def _count(self) -> None:
        while True:
            with suppress(Exception):  # locked for a moment, or not screened yet: the next time will do
                if not self.desk.missing():
                    self.desk.view.count()
            time.sleep(BREATH)

    def _counted(self, view: View) -> None:
        """Tell what was counted, with the themes by those groupings that people look at: pages show all of one moment."""
        found: dict[str, Themes] = {}
        for by in [by for by, at in self.wishes.items() if time.monotonic() - at < WISHED]:
            with suppress(FeedbackError):  # somebody writes: they are asked for again where they are missing
                found[by] = view.themes(by)
        self._say("counted", (view.revision, view.count(), found))

    def answer(self, number: int, what: str, given: tuple[Any, ...]) -> None:
        """Do what was asked on a thread of its own, and send back what came of it."""
        self._hands.submit(self._answer, number, what, given)

    def _answer(self, number: int, what: str, given: tuple[Any, ...]) -> None:
        try:
            made, fine = ASKED[what](self.desk, *given), True
        except FeedbackError as error:
            made, fine = error, False
        except Exception as error:  # its type is told, never its words
            made, fine = FeedbackError(type(error).__name__), False
        self._say(number, (fine, made))

    def _say(self, to: int | str, message: object) -> None:
        with self._lock, suppress(OSError):
            put(self._out, (to, message))

    def close(self) -> None:
        """Finish the job at hand or hand it back, and end."""
        self.worker.stop(patience=PATIENCE)


def main() -> None:
    """Work until the server says stop or is gone."""
    into, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which says stop
    with suppress(AttributeError, OSError):
        os.nice(NICE)
    try:
        address, name = take(into)
    except EOFError:
        return
    from feedback.web._desk import Desk

    try:
        room = Room(Desk(address), out, name)
    except FeedbackError as error:
        sys.stderr.write(f"feedback: {error}\n")
        os._exit(2)
    signal.signal(signal.SIGTERM, lambda *_: _leave(room))
    room.start()
    with suppress(EOFError):
        while True:
            number, what, given = take(into)
            if what == "stop":
                break
            if what == "wake":
                room.desk.wake.set()
            elif what == "wish":
                room.wishes[given[0]] = time.monotonic()
            else:
                room.answer(number, what, given)
    _leave(room)


def _leave(room: Room) -> None:
    room.close()
    os._exit(0)
