"""The index of the revision before becomes the constraint."""

from alembic import op

revision = "add_column_inline_unique_good"
down_revision = "add_column_inline_unique_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE accounts ADD CONSTRAINT uq_accounts_external_number UNIQUE USING INDEX uq_accounts_external_number"
    )


def downgrade() -> None:
    op.drop_constraint("uq_accounts_external_number", "accounts")
    with op.get_context().autocommit_block():
        op.create_index(
            "uq_accounts_external_number", "accounts", ["external_number"], unique=True, postgresql_concurrently=True
        )
