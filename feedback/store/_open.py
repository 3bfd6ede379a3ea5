"""Open a project's database and bring its schema up to date."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from feedback.errors import StoreError

HEAD = "0004"
_TURNS: defaultdict[str, AbstractContextManager[Any]] = defaultdict(threading.RLock)
_OURS = 0x66656564  # the first half of the key of our advisory locks


def url_of(project: str | Path) -> str:
    """Turn a file name into a database address; addresses pass through."""
    text = str(project)
    return text if "://" in text else f"sqlite:///{Path(text).expanduser()}"


def open_engine(url: str, *, until: str = HEAD) -> sa.Engine:
    """Connect and migrate (to the schema `until`); raises StoreError where the file is newer, damaged or out of reach."""
    try:
        engine = sa.create_engine(url, hide_parameters=True)  # an error of the database holds no words
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as err:
        raise StoreError(
            f"{_safe(url)} is no project address: give a file name or postgresql+psycopg://HOST/NAME ({type(err).__name__})"
        ) from None
    if engine.dialect.name == "sqlite":
        _check_file(url)
        sa.event.listen(engine, "connect", _pragmas)
    try:
        _migrate(engine, until)
    except StoreError:
        engine.dispose()
        raise
    except sa.exc.DatabaseError as err:
        engine.dispose()
        raise StoreError(f"{_safe(url)} cannot be opened as a project: {_reason(err)} Nothing was changed.") from None
    return engine


def _check_file(url: str) -> None:
    name = sa.engine.make_url(url).database
    if not name or name == ":memory:":
        return
    path = Path(name)
    if path.is_dir():
        raise StoreError(f"{path.name} is a folder; give the name of a project file, such as plan.db")
    if not path.resolve().parent.is_dir():
        raise StoreError(f"the folder for {path.name} does not exist; make it first")
    if path.exists() and path.stat().st_size and not path.read_bytes()[:16].startswith(b"SQLite format 3"):
        raise StoreError(f"{path.name} is not a project file; nothing was changed. Give another name with --project")


def _pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def beside(url: str, suffix: str) -> Path | None:
    """Say where a file lies that belongs to a project but must not be in it.

    Beside a SQLite file; for a server's project in the folder that FEEDBACK_KEYS names, or here; None in memory.
    """
    if not url.startswith("sqlite"):
        return Path(os.environ.get("FEEDBACK_KEYS") or ".") / f"feedback{suffix}"
    name = sa.engine.make_url(url).database
    return Path(name + suffix) if name and name != ":memory:" else None


def lock(db: sa.Connection) -> None:
    """Wait until nobody else writes to this project, and keep others from writing until the transaction ends."""
    if db.dialect.name == "postgresql":
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(_OURS, sa.func.hashtext(sa.func.current_schema()))))
    else:
        try:
            db.exec_driver_sql("update alembic_version set version_num = version_num where 0")
        except sa.exc.OperationalError as err:
            raise StoreError(f"another program is writing to this project: {_reason(err)} Try again in a moment.") from None


def turn(url: str) -> AbstractContextManager[Any]:
    """Give the lock that writers of this process take before the database's own, which lets the unlucky wait for good."""
    return _TURNS[url]


def _migrate(engine: sa.Engine, until: str) -> None:
    if _revision(engine) == until:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            lock(connection)
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        at = _revision(connection)  # somebody else may have been faster
        if at is not None and at > HEAD:
            raise StoreError(
                f"this project was written by a newer program (schema {at}, this one knows {HEAD}); update feedback"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, until)


def _revision(where: sa.Engine | sa.Connection) -> str | None:
    if isinstance(where, sa.Engine):
        with where.connect() as connection:
            return _revision(connection)
    if not sa.inspect(where).has_table("alembic_version"):
        return None
    return where.execute(sa.text("select version_num from alembic_version")).scalar()


def _safe(url: str) -> str:
    try:
        parsed = sa.engine.make_url(url)
    except sa.exc.ArgumentError:
        return "that address"
    return (
        Path(parsed.database).name
        if parsed.drivername.startswith("sqlite") and parsed.database
        else parsed.render_as_string(hide_password=True)
    )


def _reason(err: sa.exc.DatabaseError) -> str:
    text = str(err.orig).splitlines()[0] if err.orig else type(err).__name__
    return f"the database says: {text}."
