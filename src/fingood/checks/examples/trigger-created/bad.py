"""Owners are kept."""

from alembic import op

revision = "trigger_created_bad"
down_revision = "trigger_created_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TRIGGER keep BEFORE UPDATE ON owners FOR EACH ROW EXECUTE FUNCTION keep()")


def downgrade() -> None:
    op.execute("DROP TRIGGER keep ON owners")
