"""Postings: the two or more sides of a journal entry

Amounts are signed: debits are positive, credits negative. The amounts of an entry add up to zero in each currency.

Revision ID: b8420f9dc71e
Revises: 7ad61e08f4b3
Create Date: 2021-01-25 14:30:18

"""

import sqlalchemy as sa
from alembic import op

revision = "b8420f9dc71e"
down_revision = "7ad61e08f4b3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "postings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 4), nullable=False, comment="debit positive, credit negative"),
        sa.PrimaryKeyConstraint("id", name="pk_postings"),
        sa.UniqueConstraint("entry_id", "line", name="uq_postings_entry_id_line"),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger.journal_entries.id"], name="fk_postings_entry_id"),
        sa.ForeignKeyConstraint(["account_id"], ["ledger.accounts.id"], name="fk_postings_account_id"),
        sa.CheckConstraint("amount <> 0 AND amount <> 'NaN'", name="ck_postings_amount"),
        sa.CheckConstraint("line > 0", name="ck_postings_line"),
        schema="ledger",
    )
    op.create_index("ix_postings_account_id", "postings", ["account_id"], schema="ledger")


def downgrade() -> None:
    op.drop_table("postings", schema="ledger")
