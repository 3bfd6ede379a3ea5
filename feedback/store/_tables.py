"""The tables of a project: modest on purpose, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

session = sa.Table(
    "session", metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("header", sa.JSON, nullable=False),
    sa.Column("cleared", sa.JSON),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("format", sa.String(40), nullable=False),
    sa.Column("added", sa.String(40), nullable=False),
)  # fmt: skip

# Of a session, `header` and `file` are as read and `cleared` holds them as they passed the gate. Of a unit, `raw` is what was
# read, `text` what passed the gate (NULL until screened), `withheld` why its words may not travel.
unit = sa.Table(
    "unit", metadata,
    sa.Column("session", sa.String(200), sa.ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("index", sa.Integer, primary_key=True),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("text", sa.Text),
    sa.Column("withheld", sa.Text),
    sa.Column("label", sa.Text),
    sa.Column("cleared_label", sa.Text),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("language", sa.String(20)),
    sa.Column("verbatim", sa.Boolean, nullable=False),
    sa.Column("agreement", sa.Integer),
    sa.Column("start", sa.Float),
    sa.Column("end", sa.Float),
    sa.Column("prompt", sa.Integer),
    sa.Column("parking_lot", sa.Boolean, nullable=False),
    sa.Column("audience", sa.String(60)),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("cleared_file", sa.Text),
)  # fmt: skip

# Which words stand in which units of a session (`at`: their indexes), over what passed the gate only: see `_words`.
word = sa.Table(
    "word", metadata,
    sa.Column("word", sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql"), primary_key=True),
    sa.Column("session", sa.String(200), sa.ForeignKey("session.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("at", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

coding = sa.Table(
    "coding", metadata,
    sa.Column("session", sa.String(200), sa.ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("index", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(200), primary_key=True),
    sa.Column("tagger", sa.String(200), primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("category", sa.String(40), nullable=False),
    sa.Column("polarity", sa.String(40), nullable=False),
    sa.Column("about", sa.String(40), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)  # fmt: skip

discourse = sa.Table(
    "discourse", metadata,
    sa.Column("session", sa.String(200), sa.ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("index", sa.Integer, primary_key=True),
    sa.Column("category", sa.String(40), nullable=False),
    sa.Column("polarity", sa.String(40), nullable=False),
    sa.Column("about", sa.String(40), nullable=False),
)  # fmt: skip

# Files that people wrote and the project keeps: the codebook, the plan, and what people decided about topics and needs.
document = sa.Table(
    "document", metadata,
    sa.Column("kind", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
)  # fmt: skip

# One decision for all places of a word: the word itself is never here, only the gate's opaque group address.
decision = sa.Table(
    "decision", metadata,
    sa.Column("group", sa.String(200), primary_key=True),
    sa.Column("decision", sa.String(40), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
)  # fmt: skip

problem = sa.Table(
    "problem", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("remedy", sa.Text, nullable=False),
    sa.Column("blocking", sa.Boolean, nullable=False),
)  # fmt: skip

event = sa.Table(
    "event", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("verb", sa.String(60), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)  # fmt: skip

# Who may sign in, what they are doing, what they were asked to do: only the web app uses these.
account = sa.Table(
    "account", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("login", sa.String(80), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("second", sa.LargeBinary),
    sa.Column("step", sa.Integer),
    sa.Column("spare", sa.JSON),
)  # fmt: skip

# Of an account, `second` is the sealed secret of its second factor, `step` the last half minute whose code was used, `spare` the
# hashes of codes for a lost phone. Of a visit, `pending` says that the second factor is still to come, and
# `token` the SHA-256 of what the cookie holds: a copy of the database opens no door.
visit = sa.Table(
    "visit", metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("pending", sa.Boolean, nullable=False),
)  # fmt: skip

invitation = sa.Table(
    "invitation", metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("expires", sa.Float, nullable=False),
    sa.Column("used", sa.Boolean, nullable=False),
)  # fmt: skip

setting = sa.Table(
    "setting", metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)  # fmt: skip

job = sa.Table(
    "job", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("who", sa.String(80), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("asked", sa.JSON, nullable=False),
    sa.Column("result", sa.JSON, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("beat", sa.Float, nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("made", sa.LargeBinary),
)  # fmt: skip

# One file on its way in: `sealed` is the document, encrypted, until it has been read; then nothing is left of it.
upload = sa.Table(
    "upload", metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("job", sa.Integer, sa.ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    sa.Column("who", sa.String(80), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("session", sa.String(200)),
    sa.Column("note", sa.JSON, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("at", sa.String(40), nullable=False),
)  # fmt: skip

# A piece of a file that is still on its way, encrypted; `size` is what the whole has, `start` where this piece belongs.
part = sa.Table(
    "part", metadata,
    sa.Column("file", sa.String(32), primary_key=True),
    sa.Column("start", sa.BigInteger, primary_key=True),
    sa.Column("who", sa.String(80), nullable=False, index=True),
    sa.Column("end", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)  # fmt: skip
