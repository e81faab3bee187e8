"""Accounts belong to owners, and the index is there."""

from alembic import op

revision = "fk_without_index_good"
down_revision = "fk_without_index_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE accounts ADD CONSTRAINT fk_accounts_owner FOREIGN KEY (owner_id) REFERENCES owners (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint("fk_accounts_owner", "accounts")
