"""Another operator class serves other queries."""

from alembic import op

revision = "index_redundant_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ix_accounts_like ON accounts (status varchar_pattern_ops)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_accounts_like", table_name="accounts", postgresql_concurrently=True)
