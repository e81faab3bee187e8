"""Entries need no key."""

from alembic import op

revision = "drop_primary_key_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("entries_pkey", "entries", schema="ledger")


def downgrade() -> None:
    op.create_primary_key("entries_pkey", "entries", ["id"], schema="ledger")
