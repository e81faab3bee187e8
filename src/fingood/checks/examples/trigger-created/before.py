"""What the trigger does."""

from alembic import op

revision = "trigger_created_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")


def downgrade() -> None:
    op.execute("DROP FUNCTION keep")
