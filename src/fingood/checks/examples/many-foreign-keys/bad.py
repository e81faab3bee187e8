"""Entries belong to accounts, accounts to owners."""

from alembic import op

revision = "many_foreign_keys_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE accounts ADD CONSTRAINT fk_accounts_owner FOREIGN KEY (owner_id) REFERENCES owners (id) NOT VALID"
    )
    op.execute(
        "ALTER TABLE ledger.entries ADD CONSTRAINT fk_entries_account "
        "FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint("fk_entries_account", "entries", schema="ledger")
    op.drop_constraint("fk_accounts_owner", "accounts")
