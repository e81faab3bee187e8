"""The reporter may read all."""

from alembic import op

revision = "row_security_weakened_good"
down_revision = "row_security_weakened_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE POLICY read_all ON notes FOR SELECT TO pg_monitor USING (true)")


def downgrade() -> None:
    op.execute("DROP POLICY read_all ON notes")
