"""Every request once."""

import sqlalchemy as sa
from alembic import op

revision = "idempotency_key_dropped_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("request_key", sa.String(40)))
    op.create_index("ux_accounts_request", "accounts", ["request_key"], unique=True)


def downgrade() -> None:
    op.drop_column("accounts", "request_key")
