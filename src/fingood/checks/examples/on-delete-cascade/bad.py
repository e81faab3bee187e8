"""Entries go with their account."""

from alembic import op

revision = "on_delete_cascade_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key(
        "fk_entries_account",
        "entries",
        "accounts",
        ["account_id"],
        ["id"],
        source_schema="ledger",
        ondelete="CASCADE",
        postgresql_not_valid=True,
    )


def downgrade() -> None:
    op.drop_constraint("fk_entries_account", "entries", schema="ledger")
