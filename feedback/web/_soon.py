"""What takes a while and is asked for by many: done once on a thread of its own, while their pages say that it is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

PATIENCE = 1.0  # seconds that a page waits before it says so


class Soon:
    """One piece of work a name at a time, whoever asks for it."""

    def __init__(self) -> None:
        self._lock, self._going = threading.Lock(), dict[str, Future[None]]()

    def ask(self, name: str, work: Callable[[], object]) -> bool:
        """Have work done, unless it is under way; whether it was done within `PATIENCE`. Raises what the work raised."""
        with self._lock:
            going = self._going.get(name)
            if going is None:
                going = self._going[name] = Future()
                threading.Thread(target=self._do, args=(going, work), daemon=True).start()
        try:
            going.result(timeout=PATIENCE)
        except TimeoutError:
            return False
        finally:
            with self._lock:
                if going.done() and self._going.get(name) is going:
                    del self._going[name]
        return True

    def _do(self, going: Future[None], work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            going.set_exception(error)
        else:
            going.set_result(None)
