"""Entries belong to accounts; the owners come in a revision of their own."""

from alembic import op

revision = "many_foreign_keys_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE ledger.entries ADD CONSTRAINT fk_entries_account "
        "FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint("fk_entries_account", "entries", schema="ledger")
