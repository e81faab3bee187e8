"""A statement that says what it does."""

from alembic import op

revision = "opaque_statement_good"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "the old status was a mistake of the import"


def upgrade() -> None:
    op.execute("UPDATE accounts SET status = 'active' WHERE id < 1000")


def downgrade() -> None:
    pass
