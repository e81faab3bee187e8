"""The index alone, and as often as it takes."""

from alembic import op

revision = "half_applied_revision_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_owners_name")
        op.create_index("ix_owners_name", "owners", ["name"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_owners_name", "owners", postgresql_concurrently=True)
