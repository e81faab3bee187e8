"""An account belongs to an owner and is found by it."""

from alembic import op

revision = "fk_without_index_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_accounts_owner", "accounts", ["owner_id"], postgresql_concurrently=True)
    op.execute(
        "ALTER TABLE accounts ADD CONSTRAINT fk_accounts_owner FOREIGN KEY (owner_id) REFERENCES owners (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint("fk_accounts_owner", "accounts")
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_owner", table_name="accounts", postgresql_concurrently=True)
