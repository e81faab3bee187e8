"""The view makes way for the change and comes back."""

import sqlalchemy as sa
from alembic import op

revision = "type_change_under_view_good"
down_revision = "type_change_under_view_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP VIEW recent")
    op.alter_column("prices", "amount", type_=sa.Numeric(22, 4))
    op.execute("CREATE VIEW recent AS SELECT id, amount FROM prices")


def downgrade() -> None:
    op.execute("DROP VIEW recent")
    op.alter_column("prices", "amount", type_=sa.Numeric(18, 4))
    op.execute("CREATE VIEW recent AS SELECT id, amount FROM prices")
