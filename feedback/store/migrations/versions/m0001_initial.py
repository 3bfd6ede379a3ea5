"""The first schema."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _word(name: str, size: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=nullable)


def _unit_key() -> list[sa.Column[Any]]:
    owner = sa.ForeignKey("session.id", ondelete="CASCADE")
    return [
        sa.Column("session", sa.String(200), owner, primary_key=True),
        sa.Column("index", sa.Integer, primary_key=True),
    ]


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "session",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("header", sa.JSON, nullable=False),
        sa.Column("cleared", sa.JSON),
        _text("file"),
        _word("sha256", 64),
        _word("format", 40),
        _word("added", 40),
    )
    op.create_table(
        "unit",
        *_unit_key(),
        _text("raw"),
        _text("text", null=True),
        _text("withheld", null=True),
        _text("label", null=True),
        _text("cleared_label", null=True),
        _word("role", 20),
        _word("kind", 20),
        _word("language", 20, nullable=True),
        sa.Column("verbatim", sa.Boolean, nullable=False),
        sa.Column("agreement", sa.Integer),
        sa.Column("start", sa.Float),
        sa.Column("end", sa.Float),
        sa.Column("prompt", sa.Integer),
        sa.Column("parking_lot", sa.Boolean, nullable=False),
        _word("audience", 60, nullable=True),
        _text("file"),
        _text("cleared_file", null=True),
    )
    op.create_table(
        "coding",
        *_unit_key(),
        sa.Column("code", sa.String(200), primary_key=True),
        sa.Column("tagger", sa.String(200), primary_key=True),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        _word("category", 40),
        _word("polarity", 40),
        _word("about", 40),
        _text("why"),
    )
    op.create_table("discourse", *_unit_key(), _word("category", 40), _word("polarity", 40), _word("about", 40))
    op.create_table(
        "document",
        sa.Column("kind", sa.String(40), primary_key=True),
        _word("name", 200),
        _text("body"),
        _word("sha256", 64),
    )
    op.create_table(
        "decision",
        sa.Column("group", sa.String(200), primary_key=True),
        _word("decision", 40),
        _text("by"),
        _text("why"),
        _word("at", 40),
    )
    op.create_table(
        "problem",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        _text("file"),
        _text("place"),
        _text("what"),
        _text("remedy"),
        sa.Column("blocking", sa.Boolean, nullable=False),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        _word("at", 40),
        _text("who"),
        _word("verb", 60),
        sa.Column("detail", sa.JSON, nullable=False),
        _word("digest", 64),
    )


def downgrade() -> None:
    """Drop every table."""
    for name in ("event", "problem", "decision", "document", "discourse", "coding", "unit", "session"):
        op.drop_table(name)
