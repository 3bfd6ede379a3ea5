"""Fifty readers at once on loopback, on SQLite: `python tests/benchmarks/web_load.py [readers] [rounds]` prints the figures."""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import uvicorn

from feedback.project import Project
from feedback.web import create_app
from feedback.web._guard import ROLES, hash_password

DEMO = Path(__file__).parents[2] / "corpora" / "demo"
PAGES = ("/", "/needs", "/needs/transportation", "/themes", "/plan", "/search?q=bus", "/upload", "/log")


def main(readers: int = 50, rounds: int = 3) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.db"
        with Project(path, who="bench") as project:
            project.add(DEMO)
            project.use_codebook(DEMO / "codebook.yaml")
            project.tag()
            project.crosswalk(DEMO / "plan.yaml")
        app = create_app(path)
        desk = app.state.desk
        account = desk.accounts.add("ana", name="Ana", password=hash_password("correct horse battery"), roles=ROLES, by="bench")
        desk.warm()
        desk.audit("bench")
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.05)
        base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        times: list[float] = []
        wrong: list[int] = []

        def read(secret: str) -> None:
            with httpx.Client(base_url=base, cookies={"visit": secret}, timeout=120) as client:
                for _ in range(rounds):
                    for page in PAGES:
                        began = time.perf_counter()
                        status = client.get(page).status_code
                        times.append(time.perf_counter() - began)
                        if status != 200:
                            wrong.append(status)

        for n in (1, readers):
            times.clear()
            threads = [threading.Thread(target=read, args=(desk.accounts.enter(account),)) for _ in range(n)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            ms = sorted(1000 * t for t in times)
            middle, late = statistics.median(ms), ms[int(0.95 * len(ms))]
            print(f"{n} readers: {len(ms)} pages, median {middle:.0f} ms, 95% under {late:.0f} ms, errors {len(wrong)}")
        server.should_exit = True
        time.sleep(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
