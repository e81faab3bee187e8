"""Load quickly."""

from alembic import op

revision = "audit_trail_bypassed_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL session_replication_role = replica")
    op.execute("INSERT INTO owners (id, name) VALUES (1, 'a bank')")


def downgrade() -> None:
    op.execute("DELETE FROM owners WHERE id = 1")
