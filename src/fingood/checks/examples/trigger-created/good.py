"""A new table with its trigger."""

import sqlalchemy as sa
from alembic import op

revision = "trigger_created_good"
down_revision = "trigger_created_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("branches", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.execute("CREATE TRIGGER keep BEFORE UPDATE ON branches FOR EACH ROW EXECUTE FUNCTION keep()")


def downgrade() -> None:
    op.drop_table("branches")
