"""An account belongs to an owner."""

from alembic import op

revision = "fk_without_index_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE accounts ADD CONSTRAINT fk_accounts_owner FOREIGN KEY (owner_id) REFERENCES owners (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint("fk_accounts_owner", "accounts")
