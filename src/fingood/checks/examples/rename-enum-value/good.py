"""A better word beside the old one."""

from alembic import op

revision = "rename_enum_value_good"
down_revision = "rename_enum_value_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'savings'")


def downgrade() -> None:
    pass
