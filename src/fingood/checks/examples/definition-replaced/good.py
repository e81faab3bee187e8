"""Another fee beside the old one."""

from alembic import op

revision = "definition_replaced_good"
down_revision = "definition_replaced_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE FUNCTION new_fee() RETURNS numeric LANGUAGE sql AS 'SELECT 0.7'")


def downgrade() -> None:
    op.execute("DROP FUNCTION new_fee")
