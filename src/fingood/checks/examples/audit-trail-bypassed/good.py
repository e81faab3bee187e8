"""Load through the triggers."""

from alembic import op

revision = "audit_trail_bypassed_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL session_replication_role = origin")
    op.execute("INSERT INTO owners (id, name) VALUES (1, 'a bank')")


def downgrade() -> None:
    op.execute("DELETE FROM owners WHERE id = 1")
