"""Another fee."""

from alembic import op

revision = "definition_replaced_bad"
down_revision = "definition_replaced_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE OR REPLACE FUNCTION fee() RETURNS numeric LANGUAGE sql AS 'SELECT 0.7'")


def downgrade() -> None:
    op.execute("CREATE OR REPLACE FUNCTION fee() RETURNS numeric LANGUAGE sql AS 'SELECT 0.5'")
