"""The server's side of the back room: starts it, asks it, starts it again when it dies, and takes it along when it ends."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import StoreError
from feedback.web._room import PATIENCE, put, take

if TYPE_CHECKING:
    from feedback.findings import Themes
    from feedback.plan import Needs
    from feedback.web._view import Held, Here, Revision, View

PAUSE, SHORT, LONGEST, AGAIN = 0.25, 8.0, 30.0, 60.0
GONE = "the part of the program that does the work stopped and was started again. Look whether it was done; if not, try once more."
START = "from feedback.web._room import main; main()"


class Back:
    """One back room for a server.

    `held` and `counted` are told what the room finds without being asked. Questions that only look are asked again where the
    room dies over them; of those that change something StoreError says that nobody knows.
    """

    def __init__(
        self, address: str, *, held: Callable[[Held], object], counted: Callable[[Revision, Needs, Mapping[str, Themes]], object]
    ) -> None:
        self._address, self._name = address, secrets.token_hex(8)
        self._heard: dict[str, Callable[[Any], object]] = {"held": held, "counted": lambda told: counted(*told)}
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._open: dict[int, Future[Any]] = {}
        self._number, self._ending = 0, threading.Event()
        self._there = threading.Event()
        self._watch = threading.Thread(target=self._run, daemon=True)

    @property
    def pid(self) -> int | None:
        """The room's process, where there is one."""
        return self._process.pid if self._process is not None and self._there.is_set() else None

    def start(self) -> None:
        """Begin."""
        import_module("numpy")  # what the room sends back needs it, on whatever thread
        self._watch.start()

    def stop(self) -> None:
        """End the room: it finishes the job at hand if that is quick, and hands it back if not."""
        self._ending.set()
        self._send(0, "stop", ())
        process = self._process
        if process is not None:
            try:
                process.wait(timeout=3 * PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._watch.is_alive():
            self._watch.join(timeout=5)

    def set(self) -> None:
        """Ring: there is work."""
        self._send(0, "wake", ())

    def wish(self, by: str) -> None:
        """Have themes by a grouping counted with the needs for a while."""
        self._send(0, "wish", (by,))

    def ask(self, what: str, *given: Any, again: bool = True) -> Any:
        """Ask and wait; `again`: once more where the room dies over it. Raises what the room raised, StoreError where it died."""
        for _ in range(2 if again else 1):
            if not self._there.wait(timeout=LONGEST):
                break
            with self._lock:
                self._number += 1
                number, answer = self._number, Future[Any]()
                self._open[number] = answer
            if not self._send(number, what, given):
                self._fail(number)
            told = answer.result()
            if told is not None:
                fine, made = told
                if fine:
                    return made
                raise made
        raise StoreError(GONE)

    def _send(self, number: int, what: str, given: tuple[Any, ...]) -> bool:
        process = self._process
        if process is None or process.stdin is None:
            return False
        try:
            with self._writing:
                put(process.stdin, (number, what, given))
        except (OSError, ValueError):
            return False
        return True

    def _fail(self, *numbers: int) -> None:
        with self._lock:
            gone = [self._open.pop(n) for n in numbers or tuple(self._open) if n in self._open]
        for answer in gone:
            with suppress(InvalidStateError):
                answer.set_result(None)

    def _run(self) -> None:
        quick = 0
        while not self._ending.is_set():
            began = time.monotonic()
            self._process = _begin()
            with suppress(OSError, ValueError), self._writing:
                assert self._process.stdin is not None
                put(self._process.stdin, (self._address, self._name))
            self._there.set()
            self._listen(self._process)
            self._there.clear()
            self._process.wait()
            with suppress(OSError, ValueError), self._writing:
                assert self._process.stdin is not None
                self._process.stdin.close()
            self._fail()
            quick = quick + 1 if time.monotonic() - began < SHORT else 0
            self._ending.wait(timeout=min(PAUSE * 2 ** min(quick, 5), SHORT))

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as pipe:
            while True:
                try:
                    to, message = take(pipe)
                    if isinstance(to, str):
                        self._heard[to](message)
                        continue
                except (EOFError, OSError):
                    return
                except Exception:  # not a message of ours, or nothing one can show: begin anew
                    process.kill()
                    return
                with self._lock:
                    answer = self._open.pop(to, None)
                if answer is not None:
                    answer.set_result(message)


class There:
    """Has the back room count, and remembers what was counted last."""

    def __init__(self, back: Back, here: Here) -> None:
        self._back, self._here, self._one = back, here, threading.Lock()
        self._wished: dict[str, float] = {}  # when the room last heard of a grouping

    def count(self, view: View) -> tuple[Revision, Needs]:
        """See `Counter`; one asks at a time, and who waited takes what was found meanwhile."""
        with self._one:
            last = self._here.last
            if last is not None and last.revision >= view.revision:
                return last.revision, last.count()
            revision, needs = self._back.ask("count")
            return revision, needs

    def later(self, view: View) -> bool:
        """See `Counter`: the room counts whatever changed by itself, a moment after, and tells."""
        return True

    def themes(self, view: View, by: str) -> Themes:
        """See `Counter`."""
        made: Themes = self._back.ask("themes", by)
        return made

    def wish(self, by: str) -> None:
        """See `Counter`."""
        now = time.monotonic()
        if now - self._wished.get(by, -AGAIN) >= AGAIN:
            self._wished[by] = now
            self._back.wish(by)

    def done(self, view: View) -> None:
        """See `Counter`."""
        self._here.done(view)

    def before(self, view: View, *, lag: float) -> View | None:
        """See `Counter`."""
        return self._here.before(view, lag=lag)


def _begin() -> subprocess.Popen[bytes]:
    home = str(Path(__file__).parents[2])
    paths = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-c", START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths},
        start_new_session=True,
    )  # fmt: skip
