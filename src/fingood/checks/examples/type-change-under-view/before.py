"""A view of the prices."""

from alembic import op

revision = "type_change_under_view_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE VIEW recent AS SELECT id, amount FROM prices")


def downgrade() -> None:
    op.execute("DROP VIEW recent")
