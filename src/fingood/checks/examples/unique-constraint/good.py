"""The unique index that is there becomes the constraint."""

from alembic import op

revision = "unique_constraint_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD CONSTRAINT ux_accounts_number UNIQUE USING INDEX ux_accounts_number")


def downgrade() -> None:
    op.drop_constraint("ux_accounts_number", "accounts")
    op.create_index("ux_accounts_number", "accounts", ["number"], unique=True)
