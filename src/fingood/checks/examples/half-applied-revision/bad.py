"""A column and its index at once."""

import sqlalchemy as sa
from alembic import op

revision = "half_applied_revision_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("branch", sa.Text()))
    with op.get_context().autocommit_block():
        op.create_index("ix_owners_branch", "owners", ["branch"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_column("owners", "branch")
