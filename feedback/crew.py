"""Who does the work on many parts: this process, several processes of this machine, or the workers of a Dask cluster.

The same function runs over the same parts in the same order whoever does it, so results do not depend on the crew. A worker
that dies loses nothing: its parts are given out again.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import islice
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import Any, Protocol, TypeVar, runtime_checkable
from uuid import uuid4

from feedback.errors import FeedbackError, NotInstalled

__all__ = ["Cluster", "Crew", "Here", "Processes", "crew", "hire"]

P = TypeVar("P")
R = TypeVar("R")
AHEAD = 2  # parts in flight for each worker: enough to keep it busy, few enough to stay in memory
WAIT = 10  # seconds for a scheduler to answer
RETURN = 60  # seconds for some worker to come back where all are gone
TRIES = 3  # times that a part is given out before its worker's death is its own fault

LOST = (
    "the cluster lost a worker over the same part again and again: is there enough memory on its hosts? "
    "What was done before is kept."
)


@runtime_checkable
class Crew(Protocol):
    """Whoever maps a function of a module over parts: results in the parts' order, few parts in memory at a time."""

    @property
    def workers(self) -> int:
        """How many parts can be worked on at once now."""
        ...

    def map(self, work: Callable[..., R], parts: Iterable[P], *, kit: Any = None) -> Iterator[R]:
        """Yield `work(part)` for each part, in order; what `work` raises is raised here.

        With a `kit` (something large that all parts need, handed over once) it is `work(kit, part)`.
        """
        ...

    def close(self) -> None:
        """Let the workers go."""
        ...


class Here:
    """This process, one part after another."""

    workers = 1

    def map(self, work: Callable[..., R], parts: Iterable[P], *, kit: Any = None) -> Iterator[R]:
        """Yield `work(part)` for each part, in order."""
        return map(work if kit is None else partial(work, kit), parts)

    def close(self) -> None:
        """Nobody to let go."""


class Processes:
    """Processes of this machine, one thread each; a script that asks for them needs `if __name__ == "__main__":`."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: Any = None

    def map(self, work: Callable[..., R], parts: Iterable[P], *, kit: Any = None) -> Iterator[R]:
        """Yield `work(part)` for each part, in order; parts of a process that died are given to new ones."""
        if kit is None:
            yield from self._map(work, parts)
            return
        handle, name = tempfile.mkstemp(prefix="feedback-kit-")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                pickle.dump(kit, file)
            yield from self._map(partial(_with_kit, work, name), parts)
        finally:
            Path(name).unlink()

    def _map(self, work: Callable[[P], R], parts: Iterable[P]) -> Iterator[R]:
        from concurrent.futures.process import BrokenProcessPool

        waiting: deque[tuple[P, Any]] = deque()
        todo, tries = iter(parts), 0
        while True:
            try:
                for part in islice(todo, max(0, AHEAD * self.workers - len(waiting))):
                    waiting.append((part, None))
                for i, (part, made) in enumerate(waiting):
                    if made is None:
                        waiting[i] = (part, self._started().submit(work, part))
                if not waiting:
                    return
                result: R = waiting[0][1].result()
            except BrokenProcessPool:
                tries += 1
                self.close()
                if tries >= TRIES:
                    raise FeedbackError(
                        "the worker processes ended three times over the same part. Is there enough memory (fewer workers need "
                        'less)? Does the script that asked have its `if __name__ == "__main__":`? What was done before is kept.'
                    ) from None
                waiting = deque((part, made if _done(made) else None) for part, made in waiting)
                continue
            tries = 0
            waiting.popleft()
            yield result

    def close(self) -> None:
        """Let the processes go."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _started(self) -> Any:
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"), initializer=_begin)
        return self._pool


def _begin() -> None:
    """Keep a worker's libraries to one thread, and let it end with whoever hired it, however that ended."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    Thread(target=_end, daemon=True).start()


def _end() -> None:
    if hired_by := parent_process():
        hired_by.join()
        os._exit(1)


@lru_cache(maxsize=1)
def _kit(name: str) -> Any:
    return pickle.loads(Path(name).read_bytes())


def _with_kit(work: Callable[..., R], name: str, part: Any) -> R:
    return work(_kit(name), part)


def _done(made: Any) -> bool:
    return made is not None and made.done() and not made.cancelled() and made.exception() is None


class Cluster:
    """The workers of a Dask cluster: `scheduler` is its address or a `dask.distributed.Client`.

    Raises NotInstalled without the extra `cluster`, FeedbackError where nobody answers at the address.
    """

    def __init__(self, scheduler: Any) -> None:
        self._own = isinstance(scheduler, str)
        self.client = _client(scheduler) if self._own else scheduler

    @property
    def workers(self) -> int:
        """How many parts can be worked on at once now."""
        return int(max(1, sum(self.client.nthreads().values())))

    def map(self, work: Callable[..., R], parts: Iterable[P], *, kit: Any = None) -> Iterator[R]:
        """Yield `work(part)` for each part, in order; Dask gives out again what a lost worker had.

        A kit that was lost with all who held it is handed over again, and with it the parts that waited for it.
        """
        from distributed import CancelledError, KilledWorker

        handed = self._hand(kit)
        waiting: deque[tuple[P, Any]] = deque()
        todo, tries = iter(parts), 0
        try:
            while True:
                for part in islice(todo, max(0, AHEAD * self.workers - len(waiting))):
                    waiting.append((part, self._give(work, handed, part)))
                if not waiting:
                    return
                try:
                    result: R = waiting[0][1].result()
                except CancelledError:
                    tries += 1
                    if kit is None or tries >= TRIES:
                        raise FeedbackError(LOST) from None
                    handed = self._hand(kit)
                    for i, (part, made) in enumerate(waiting):
                        if made.status != "finished":
                            waiting[i] = (part, self._give(work, handed, part))
                    continue
                tries = 0
                waiting.popleft()
                yield result
        except KilledWorker:
            raise FeedbackError(LOST) from None
        finally:
            for _, made in waiting:
                made.cancel()

    def _give(self, work: Callable[..., R], handed: tuple[Any, ...], part: P) -> Any:
        key = f"feedback-{uuid4().hex}"  # Dask logs keys: no names of anything
        return self.client.submit(work, *handed, part, key=key, pure=False)

    def _hand(self, kit: Any) -> tuple[Any, ...]:
        if kit is None:
            return ()
        try:
            return (self.client.scatter(kit, broadcast=True, hash=False, timeout=RETURN),)
        except TimeoutError:
            raise FeedbackError(LOST) from None

    def close(self) -> None:
        """Let go of the cluster, if the address was given here."""
        if self._own:
            self.client.close()


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise NotInstalled("--scheduler needs Dask: pip install 'feedback[cluster]'") from None
    try:
        return Client(address, timeout=WAIT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise FeedbackError(
            f"no Dask scheduler answers at this address ({type(error).__name__}): start one with `dask scheduler`, and give "
            "the address it prints, such as tcp://10.0.0.5:8786"
        ) from None


def hire(scheduler: Any = None, *, workers: int | None = 1) -> Crew:
    """Choose who works: a cluster where `scheduler` is given, else `workers` processes (None: one a core), else this one."""
    if isinstance(scheduler, (Here, Processes, Cluster)):
        return scheduler
    if scheduler is not None:
        return Cluster(scheduler)
    if workers is None:
        workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers < 1:
        raise FeedbackError("workers= takes 1 or more")
    return Here() if workers == 1 else Processes(workers)


@contextmanager
def crew(scheduler: Any = None, *, workers: int | None = 1) -> Iterator[Crew]:
    """Hire for one piece of work; who was hired before (a Crew given as `scheduler`) stays."""
    hands = hire(scheduler, workers=workers)
    try:
        yield hands
    finally:
        if hands is not scheduler:
            hands.close()
