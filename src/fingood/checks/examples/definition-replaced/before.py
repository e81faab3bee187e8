"""The fee of a transfer."""

from alembic import op

revision = "definition_replaced_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE FUNCTION fee() RETURNS numeric LANGUAGE sql AS 'SELECT 0.5'")


def downgrade() -> None:
    op.execute("DROP FUNCTION fee")
