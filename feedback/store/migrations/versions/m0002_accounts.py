"""Accounts, visits, invitations, settings, jobs and uploads: what the web app keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _word(name: str, size: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=False)


def _number(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float, nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON, nullable=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("login", sa.String(80), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        _json("roles"),
        _word("created", 40),
        sa.Column("closed", sa.Boolean, nullable=False),
    )
    owner = sa.ForeignKey("account.id", ondelete="CASCADE")
    op.create_table(
        "visit",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("account", sa.Integer, owner, nullable=False),
        _number("created"),
        _number("seen"),
    )
    op.create_table(
        "invitation",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        _json("roles"),
        sa.Column("by", sa.Text, nullable=False),
        _number("expires"),
        sa.Column("used", sa.Boolean, nullable=False),
    )
    op.create_table("setting", sa.Column("name", sa.String(60), primary_key=True), _json("value"))
    _work()


def _work() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        _word("kind", 20),
        _word("who", 80),
        _word("state", 20),
        _json("asked"),
        _json("result"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("done", "total", "tries")),
        _number("beat"),
        _word("created", 40),
        sa.Column("made", sa.LargeBinary),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("job", sa.Integer, sa.ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
        _word("who", 80),
        sa.Column("name", sa.Text, nullable=False),
        _word("state", 20),
        sa.Column("session", sa.String(200)),
        _json("note"),
        sa.Column("sealed", sa.LargeBinary),
        _word("at", 40),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("upload", "job", "setting", "invitation", "visit", "account"):
        op.drop_table(name)
