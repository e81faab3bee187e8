"""Requests have a key, which two indexes keep unique."""

import sqlalchemy as sa
from alembic import op

revision = "idempotency_key_dropped_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("request_key", sa.String(40)))
    op.add_column("accounts", sa.Column("channel", sa.String(10)))
    op.create_index("ux_accounts_request", "accounts", ["request_key"], unique=True)
    op.create_index("ux_accounts_channel_request", "accounts", ["channel", "request_key"], unique=True)


def downgrade() -> None:
    op.drop_column("accounts", "channel")
    op.drop_column("accounts", "request_key")
