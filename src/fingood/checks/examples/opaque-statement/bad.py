"""Code that the server runs."""

from alembic import op

revision = "opaque_statement_bad"
down_revision = "bank"
branch_labels = None
depends_on = None
irreversible = "the old status was a mistake of the import"


def upgrade() -> None:
    op.execute("DO $$ BEGIN UPDATE accounts SET status = 'active'; END $$")


def downgrade() -> None:
    pass
