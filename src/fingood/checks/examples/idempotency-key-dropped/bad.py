"""The index was slow."""

from alembic import op

revision = "idempotency_key_dropped_bad"
down_revision = "idempotency_key_dropped_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ux_accounts_request", "accounts")


def downgrade() -> None:
    op.create_index("ux_accounts_request", "accounts", ["request_key"], unique=True)
