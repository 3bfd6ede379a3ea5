"""An index of words over what passed the gate, and pieces of files that are still on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables and index what is there."""
    from feedback.store import _tables, _words

    op.create_table(
        "word",
        sa.Column("word", sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql"), primary_key=True),
        sa.Column("session", sa.String(200), sa.ForeignKey("session.id", ondelete="CASCADE"), primary_key=True, index=True),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "part",
        sa.Column("file", sa.String(32), primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("who", sa.String(80), nullable=False, index=True),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    db, session, unit = op.get_bind(), _tables.session, _tables.unit
    heads = db.execute(sa.select(session.c.id, session.c.cleared).order_by(session.c.id)).all()
    _words.reindex(db, _tables, [h.id for h in heads])
    held = set(db.execute(sa.select(unit.c.session).where(unit.c.withheld.is_not(None)).distinct()).scalars())
    for h in heads:  # what a person has removed counts as waiting, too, until the gate runs next: rather late than early
        if h.cleared:
            cleared = {**h.cleared, "waiting": h.id in held}
            db.execute(session.update().where(session.c.id == h.id).values(cleared=cleared))


def downgrade() -> None:
    """Drop the tables."""
    for name in ("part", "word"):
        op.drop_table(name)
