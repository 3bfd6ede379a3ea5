"""Fifty people at once on loopback, on SQLite: `python tests/benchmarks/web_load.py [people] [rounds] [pause]`.

Server and people are processes of their own. First all read, each the next page the moment the last has come. Then of ten
people six read, two code and two bring sessions in, with `pause` seconds between their steps. Then a hundred files at once.
Prints the median page, the server's processor time a page, errors, and what became of every coding and file; ends with 1
where anything was lost.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from feedback.project import Project
from feedback.store import Accounts, Jobs, Store
from feedback.web._guard import hash_password

DEMO = Path(__file__).parents[2] / "corpora" / "demo"
READ = (
    "/", "/needs", "/needs/transportation", "/themes", "/themes?by=language", "/plan", "/search?q=bus", "/search?q=camion",
    "/quote?ref=LS-F01%231", "/sessions/LS-F01",
)  # fmt: skip
SERVE = """
import sys, threading, time, uvicorn
from feedback.web import create_app
app = create_app(sys.argv[1], apart=True)
server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", backlog=512))
def tell():
    while not server.started:
        time.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
threading.Thread(target=tell, daemon=True).start()
server.run()
"""
NOTES = (
    "LS-{code} | March 2025 | Youth | English | 12 participants | SPA 6 | quotes yes\n\nFacilitator: What makes it hard?\n"
    "P1: It is three buses each way to the clinic, number {n}.\nP2: There is no safe place at night.\n"
)


class Visitor:
    """One person's browser: one connection, kept open; opened again where it was closed."""

    def __init__(self, port: int, secret: str) -> None:
        self.port, self.secret = port, secret
        self.read: asyncio.StreamReader | None = None
        self.write: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes, float]:
        """Send one request; return (status, body as sent, seconds)."""
        if self.write is None:
            self.read, self.write = await asyncio.open_connection("127.0.0.1", self.port)
        assert self.read is not None
        host = f"127.0.0.1:{self.port}"
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: visit={self.secret}\r\nOrigin: http://{host}\r\n"
        head += "Accept-Encoding: gzip\r\n" + (f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if body else "")
        began = time.perf_counter()
        self.write.write(head.encode() + b"\r\n" + body)
        lines = (await self.read.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"content-length: (\d+)", lines)
        got = await self.read.readexactly(int(length[1])) if length else b""
        took = time.perf_counter() - began
        if "connection: close" in lines:
            self.close()
        return int(lines[9:12]), got, took

    def close(self) -> None:
        if self.write is not None:
            self.write.close()
            self.write = None


def multipart(*files: tuple[str, bytes]) -> tuple[bytes, str]:
    parts = [
        b'--mark\r\nContent-Disposition: form-data; name="files"; filename="%b"\r\n\r\n%b\r\n' % (name.encode(), content)
        for name, content in files
    ]
    return b"".join(parts) + b"--mark--\r\n", "multipart/form-data; boundary=mark"


async def crowd(port: int, secrets: list[str], refs: list[str], rounds: int, pause: float) -> dict[str, object]:
    """Let everybody go their way at once; without `refs` to code all of them read."""
    pages: list[float] = []
    changes: list[float] = []
    wrong: list[tuple[str, int]] = []

    async def person(n: int, secret: str) -> None:
        visitor = Visitor(port, secret)

        async def go(method: str, path: str, body: bytes = b"", kind: str = "") -> None:
            status, _, took = await visitor.ask(method, path, body, kind)
            while status == 202:  # it counts, and the page comes by itself: until it is there
                await asyncio.sleep(1)
                status, _, more = await visitor.ask(method, path)
                took += 1 + more
            (pages if method == "GET" else changes).append(took)
            if status != (200 if method == "GET" else 303):
                wrong.append((path, status))
            if pause:
                await asyncio.sleep(pause)

        for r in range(rounds):
            if n % 10 < 6 or not refs:
                for page in READ:
                    await go("GET", page)
            elif n % 10 < 8:
                for k in range(3):
                    ref = refs[(n * 97 + r * 31 + k) % len(refs)]
                    await go("GET", f"/code?order=reading&ref={quote(ref)}")
                    body = f"ref={quote(ref)}&codes=transportation&order=reading".encode()
                    await go("POST", "/code/lay", body, "application/x-www-form-urlencoded")
            else:
                await go("GET", "/upload")
                code = f"U{n}{r}"
                await go("POST", "/upload", *multipart((f"{code}.txt", NOTES.format(code=code, n=n).encode())))
                await go("GET", "/")
        visitor.close()

    await asyncio.gather(*(person(n, s) for n, s in enumerate(secrets)))
    return {"pages": pages, "changes": changes, "wrong": wrong}


async def heap(port: int, secrets: list[str], many: int) -> dict[str, object]:
    """Send that many files at once, each on a connection of its own; every tenth is no document at all."""

    async def one(n: int) -> tuple[int, float]:
        visitor = Visitor(port, secrets[n % len(secrets)])
        body = b"PK\x03\x04 no" if n % 10 == 9 else NOTES.format(code=f"H{n}", n=n).encode()
        status, _, took = await visitor.ask("POST", "/upload", *multipart((f"h{n}.{'docx' if n % 10 == 9 else 'txt'}", body)))
        visitor.close()
        return status, took

    done = await asyncio.gather(*(one(n) for n in range(many)))
    return {"statuses": [s for s, _ in done], "times": [t for _, t in done]}


def processor(pid: int) -> float:
    """Seconds of processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def room(pid: int) -> int:
    """The process beside a server that does its work."""
    return next(int(c) for task in Path(f"/proc/{pid}/task").iterdir() for c in (task / "children").read_text().split())


def memory(pid: int) -> int:
    """MiB that a process held at most."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) // 1024  # type: ignore[index]


def client(what: str, port: int, *given: object) -> dict[str, object]:
    """Run `crowd` or `heap` in a process of its own."""
    code = f"import web_load, asyncio, json, sys; print(json.dumps(asyncio.run(web_load.{what}({port}, *json.load(sys.stdin)))))"
    made = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(given), capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    return dict(json.loads(made.stdout))


def settled(store: Store, seconds: float) -> float:
    """Wait until no file waits any more; return how long that took."""
    began = time.monotonic()
    while any(u.state == "waiting" for u in Jobs(store).uploads()) and time.monotonic() - began < seconds:
        time.sleep(0.5)
    return time.monotonic() - began


def main(people: int = 50, rounds: int = 3, pause: float = 1.0) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.db"
        with Project(path, who="bench") as project:
            project.add(DEMO)
            for group, kind in sorted({(f.group, f.kind) for f in project.screen().findings if f.status == "open"}):
                said = "not_a_disclosure" if kind == "disclosure" else "accept"
                project.decide(group, said, by="bench", why="read: nobody can be known by it")
            project.use_codebook(DEMO / "codebook.yaml")
            project.tag()
            project.crosswalk(DEMO / "plan.yaml")
            refs = [s.ref for s in project.corpus.segments()]
        store = Store(path, who="bench")
        accounts, password = Accounts(store), hash_password("correct horse battery")
        roles = [("author",)] * 6 + [("researcher",)] * 2 + [("facilitator", "author")] * 2
        secrets = []
        for n in range(people):
            made = accounts.add(f"p{n}", name=f"Person {n}", password=password, roles=roles[n % 10], by="bench")
            secrets.append(accounts.enter(made))
        with subprocess.Popen([sys.executable, "-c", SERVE, str(path)], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            client("crowd", port, secrets[:1], refs, 1, 0.0)
            lost = _measure(port, server.pid, (store, secrets, refs), (people, rounds, pause))
            server.terminate()
        store.close()
    return 1 if lost else 0


def _measure(port: int, pid: int, there: tuple[Store, list[str], list[str]], asked: tuple[int, int, float]) -> bool:
    (store, secrets, refs), (people, rounds, pause) = there, asked
    before = processor(pid)
    alone = sorted(1000 * t for t in list(client("crowd", port, secrets, [], rounds, 0.0)["pages"]))  # type: ignore[call-overload]
    used = (processor(pid) - before) / len(alone)
    print(
        f"{people} people reading without a pause, {len(alone)} pages: median {statistics.median(alone):.0f} ms, 95% under "
        f"{alone[int(0.95 * len(alone))]:.0f} ms; {1000 * used:.1f} ms of processor time a page"
    )
    before, beside = processor(pid), processor(room(pid))
    found = client("crowd", port, secrets, refs, rounds, pause)
    used, beside = processor(pid) - before, processor(room(pid)) - beside
    pages, changes, wrong = (list(found[k]) for k in ("pages", "changes", "wrong"))  # type: ignore[call-overload]
    ms, all_ = sorted(1000 * t for t in pages), len(pages) + len(changes)
    late = ms[int(0.95 * len(ms))]
    middle = statistics.median(ms)
    print(f"{people} at work, {pause:g} s between steps: {len(ms)} pages, median {middle:.0f} ms, 95% under {late:.0f} ms")
    print(f"{len(changes)} changes: median {1000 * statistics.median(changes):.0f} ms; not as expected: {len(wrong)} {wrong[:3]}")
    print(f"processor time: the server {1000 * used / all_:.1f} ms a request, the process beside it {beside:.0f} s in all")
    print(f"the machine's load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    took = settled(store, 600)
    coded = {(c.ref, c.tagger) for c in store.codings() if c.tagger.startswith("human:")}
    want = {
        (refs[(n * 97 + r * 31 + k) % len(refs)], f"human:p{n}")
        for n in range(people) if 6 <= n % 10 < 8 for r in range(rounds) for k in range(3)
    }  # fmt: skip
    sent = {f"LS-U{n}{r}" for n in range(people) if n % 10 >= 8 for r in range(rounds)}
    there_now = {s.id for s in store.corpus(cleared=False)}
    print(f"codings kept: {len(coded & want)} of {len(want)}; sessions kept: {len(sent & there_now)} of {len(sent)} ({took:.0f} s)")
    lost = bool(wrong) or coded != want or not sent <= there_now
    heaped = client("heap", port, [s for n, s in enumerate(secrets) if n % 10 >= 8] or secrets, 100)
    statuses, times = list(heaped["statuses"]), list(heaped["times"])  # type: ignore[call-overload]
    took = settled(store, 900)
    states = [u.state for u in Jobs(store).uploads() if u.name.startswith("h")]
    reasons = [u for u in Jobs(store).uploads() if u.state == "refused" and u.name.startswith("h")]
    print(
        f"100 files at once: answered {statuses.count(303)} (slowest {max(times):.1f} s), read {states.count('read')}, refused "
        f"{states.count('refused')} (all with a reason: {all(u.note.get('problems') for u in reasons)}), done after {took:.0f} s"
    )
    store.events()
    print(f"at most {memory(pid)} MiB for the server, {memory(room(pid))} MiB for the process beside it")
    return lost or states.count("read") != 90 or states.count("refused") != 10 or statuses.count(303) != 100


if __name__ == "__main__":
    people_, rounds_, pause_ = (*sys.argv[1:], *("50", "3", "1")[len(sys.argv) - 1 :])
    sys.exit(main(int(people_), int(rounds_), float(pause_)))
