"""An idempotency key occurs once

Revision ID: 9e6b13f4d805
Revises: f5308ab2c6d9
Create Date: 2021-06-14 16:40:12

"""

from alembic import op

revision = "9e6b13f4d805"
down_revision = "f5308ab2c6d9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "uq_journal_entries_idempotency_key",
            "journal_entries",
            ["idempotency_key"],
            unique=True,
            schema="ledger",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "uq_journal_entries_idempotency_key",
            table_name="journal_entries",
            schema="ledger",
            postgresql_concurrently=True,
        )
