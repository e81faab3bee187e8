"""Accounts are opened at whole seconds."""

# also: type-change-rewrite because every row is written anew as well

from alembic import op

revision = "time_precision_reduced_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER COLUMN opened_at TYPE timestamp(0)")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER COLUMN opened_at TYPE timestamp")
