"""Every account is active."""

from alembic import op

revision = "bulk_dml_bad"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "the old status was a mistake of the import"


def upgrade() -> None:
    op.execute("UPDATE accounts SET status = 'active'")


def downgrade() -> None:
    pass
