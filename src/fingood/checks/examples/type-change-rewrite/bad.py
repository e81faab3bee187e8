"""The code becomes text."""

import sqlalchemy as sa
from alembic import op

revision = "type_change_rewrite_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "code", type_=sa.Text(), postgresql_using="code::text")


def downgrade() -> None:
    op.alter_column("accounts", "code", type_=sa.BigInteger(), postgresql_using="code::bigint")
