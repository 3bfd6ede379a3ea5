"""Start the web app on a project: `serve` for people, `create_app` for tests and other servers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.errors import NotInstalled

if TYPE_CHECKING:
    from starlette.applications import Starlette

NEEDED = ("starlette", "uvicorn", "python_multipart", "argon2", "cryptography", "pyotp", "segno")


def create_app(
    project: str | Path, *, hosts: Sequence[str] = (), work: bool = True, apart: bool = False,
    new_key: bool = False, say: Callable[[str], object] | None = None,
) -> Starlette:  # fmt: skip
    """Build the application over a project file or database address.

    `hosts` are names under which it may be called besides this machine's own; `work=False` leaves jobs waiting (tests);
    with `apart` jobs, screening and counting are done by a process beside this one, started and watched while it serves;
    `new_key` begins with a new key where the project's is lost, and gives up what only that opened; `say` is told the one-time
    code while nobody has an account yet.

    Raises:
        NotInstalled: the extra `web` is missing. StoreError: the project cannot be opened.
    """
    _check()
    from feedback.web._app import build

    return build(project, hosts=tuple(hosts), work=work, apart=apart, new_key=new_key, say=say)


def serve(
    project: str | Path, *, host: str = "127.0.0.1", port: int = 8765, hosts: Sequence[str] = (), apart: bool = True,
    new_key: bool = False, say: Callable[[str], object] | None = None,
) -> None:  # fmt: skip
    """Serve a project until interrupted; `say` is told where to look, and the one-time code at the first start.

    The heavy work is done by a process of its own unless `apart=False`.
    """
    app = create_app(project, hosts=(host, *hosts), apart=apart, new_key=new_key, say=say)
    import uvicorn

    if say is not None:
        say(f"Open http://{host}:{port}/ in a browser. Nothing leaves this machine. Stop with Ctrl+C.")
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False, proxy_headers=False)


def _check() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise NotInstalled(f"the web app needs {', '.join(missing)}: install with `pip install 'feedback[web]'`")
