"""A second factor for accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("account", sa.Column("second", sa.LargeBinary))
    op.add_column("account", sa.Column("step", sa.Integer))
    op.add_column("account", sa.Column("spare", sa.JSON))
    op.add_column("visit", sa.Column("pending", sa.Boolean, nullable=False, server_default=sa.false()))
