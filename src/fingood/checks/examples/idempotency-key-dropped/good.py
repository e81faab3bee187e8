"""The narrower index keeps requests unique."""

from alembic import op

revision = "idempotency_key_dropped_good"
down_revision = "idempotency_key_dropped_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ux_accounts_channel_request", table_name="accounts", postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ux_accounts_channel_request",
            "accounts",
            ["channel", "request_key"],
            unique=True,
            postgresql_concurrently=True,
        )
