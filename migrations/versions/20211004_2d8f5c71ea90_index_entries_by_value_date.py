"""Index journal entries by value date, for the statement run

Revision ID: 2d8f5c71ea90
Revises: 9e6b13f4d805
Create Date: 2021-10-04 08:55:37

"""

from alembic import op

revision = "2d8f5c71ea90"
down_revision = "9e6b13f4d805"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_journal_entries_value_date",
            "journal_entries",
            ["value_date"],
            schema="ledger",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_journal_entries_value_date",
            table_name="journal_entries",
            schema="ledger",
            postgresql_concurrently=True,
        )
