"""Back-ups: everything a project holds, with its keys, in one encrypted file that either kind of database takes back."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import secrets
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from feedback.errors import StoreError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from feedback.store import Store

__all__ = ["restore", "write_backup"]

_MAGIC = b"feedback back-up 1\n"
_CHUNK = 1 << 20
_ROWS = 2_000
SHORTEST = 12
_WRONG = "the back-up cannot be opened: the passphrase is not the right one, or the file is damaged. Nothing was changed."


def write_backup(store: Store, out: Path, *, passphrase: str, keys: Mapping[str, Path]) -> dict[str, int]:
    """Write every table as it is at one moment, and the key files; return how many rows each table had.

    The file is encrypted (scrypt, AES-GCM in pieces of 1 MiB, order and end authenticated). It appears whole or not at all.

    Raises:
        StoreError: the file is there already, or the passphrase has fewer than 12 characters.
    """
    if out.exists():
        raise StoreError(f"{out.name} is there already; give the back-up another name")
    if len(passphrase) < SHORTEST:
        raise StoreError(f"the passphrase of a back-up has at least {SHORTEST} characters")
    counts: dict[str, int] = {}
    handle, name = tempfile.mkstemp(dir=out.resolve().parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            sealed = _Sealing(file, passphrase)
            with zipfile.ZipFile(sealed, "w", zipfile.ZIP_DEFLATED) as pack, store.writing() as db:
                digests = {}
                for table in store._t.metadata.sorted_tables:
                    counts[table.name], digests[table.name] = _write_table(db, table, pack)
                for suffix, path in keys.items():
                    if path.exists():
                        pack.writestr(f"keys/{suffix}", path.read_bytes())
                pack.writestr("manifest.json", json.dumps({"schema": _head(), "rows": counts, "sha256": digests}))
            sealed.finish()
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    store.log("back up", {"rows": sum(counts.values())})
    return counts


def restore(source: Path, url: str, *, passphrase: str, keys: Mapping[str, Path]) -> dict[str, int]:
    """Fill a new project from a back-up, in one transaction; return how many rows each table has.

    Raises:
        StoreError: the passphrase is wrong, a byte was changed, the place is not empty, or the back-up is from a newer program.
    """
    from feedback.store import _open

    with tempfile.TemporaryFile() as plain:
        _unseal(source, plain, passphrase)
        try:
            pack = zipfile.ZipFile(plain)
            told = json.loads(pack.read("manifest.json"))
        except (zipfile.BadZipFile, KeyError, ValueError):
            raise StoreError(_WRONG) from None
        if told["schema"] > _head():
            raise StoreError("this back-up was written by a newer program; update feedback")
        there = [path.name for name, path in keys.items() if path.exists() and f"keys/{name}" in pack.namelist()]
        if there:
            raise StoreError(f"{', '.join(there)} is there already; restore beside no other project's keys")
        engine = _open.open_engine(url, until=told["schema"])
        try:
            with engine.begin() as db:
                _open.lock(db)
                _fill(db, pack, told)
            for name, path in keys.items():
                if f"keys/{name}" in pack.namelist():
                    _write_key(path, pack.read(f"keys/{name}"))
        finally:
            engine.dispose()
    return dict(told["rows"])


def _write_table(db: sa.Connection, table: sa.Table, pack: zipfile.ZipFile) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    with pack.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file:
        rows = db.execution_options(yield_per=_ROWS).execute(table.select().order_by(*table.primary_key.columns))
        for row in rows.mappings():
            line = json.dumps({c.name: _plain(row[c]) for c in table.columns}, ensure_ascii=False).encode() + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
    return count, digest.hexdigest()


def _fill(db: sa.Connection, pack: zipfile.ZipFile, told: Mapping[str, Any]) -> None:
    import sqlalchemy as sa

    metadata = sa.MetaData()
    metadata.reflect(db, only=list(told["rows"]))
    for table in metadata.sorted_tables:
        if db.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise StoreError("there is a project at this place already; restore into a new one. Nothing was changed.")
    for table in metadata.sorted_tables:
        digest, count = hashlib.sha256(), 0
        for rows in _read_rows(pack, table.name, digest):
            db.execute(table.insert(), rows)
            count += len(rows)
        if digest.hexdigest() != told["sha256"][table.name] or count != told["rows"][table.name]:
            raise StoreError(_WRONG)
        _move_sequence(db, table)


def _read_rows(pack: zipfile.ZipFile, name: str, digest: Any) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    with pack.open(f"tables/{name}.jsonl") as file:
        for line in file:
            digest.update(line)
            rows.append({k: _value(v) for k, v in json.loads(line).items()})
            if len(rows) == _ROWS:
                yield rows
                rows = []
    if rows:
        yield rows


def _move_sequence(db: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL count on after the last number that was put in by hand."""
    import sqlalchemy as sa

    keys = list(table.primary_key.columns)
    if db.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, sa.Integer):
        return
    last = db.execute(sa.select(sa.func.max(keys[0]))).scalar()
    if last:
        db.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, keys[0].name), last)))


def _plain(value: Any) -> Any:
    return {"$bytes": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def _value(value: Any) -> Any:
    return base64.b64decode(value["$bytes"]) if isinstance(value, dict) and set(value) == {"$bytes"} else value


def _head() -> str:
    from feedback.store import _open

    return _open.HEAD


def _write_key(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


# ---- the envelope ---------------------------------------------------------------------------------------------------


def _box(passphrase: str, salt: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


class _Sealing(io.RawIOBase):
    """A file to write into that encrypts piece by piece; no byte of it comes to the disk in clear."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        salt, self._prefix = secrets.token_bytes(16), secrets.token_bytes(7)
        self._file, self._box, self._held, self._number = file, _box(passphrase, salt), bytearray(), 0
        file.write(_MAGIC + salt + self._prefix)

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._held += piece
        while len(self._held) > _CHUNK:
            self._seal(bytes(self._held[:_CHUNK]), last=False)
            del self._held[:_CHUNK]
        return len(piece)

    def finish(self) -> None:
        self._seal(bytes(self._held), last=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._box.encrypt(_nonce(self._prefix, self._number, last), piece, _MAGIC))
        self._number += 1


def _unseal(source: Path, plain: IO[bytes], passphrase: str) -> None:
    from cryptography.exceptions import InvalidTag

    with source.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise StoreError(f"{source.name} is no back-up of a project")
        salt, prefix = file.read(16), file.read(7)
        box, number, piece = _box(passphrase, salt), 0, file.read(_CHUNK + 16)
        while True:
            after = file.read(_CHUNK + 16)
            try:
                plain.write(box.decrypt(_nonce(prefix, number, not after), piece, _MAGIC))
            except InvalidTag:
                raise StoreError(_WRONG) from None
            if not after:
                break
            piece, number = after, number + 1
    plain.seek(0)
