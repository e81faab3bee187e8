"""Codes as text, smaller amounts of time."""

# also: type-change-rewrite because each of the two is one

import sqlalchemy as sa
from alembic import op

revision = "rewritten_twice_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "code", type_=sa.Text(), postgresql_using="code::text")
    op.alter_column("accounts", "status", type_=sa.CHAR(10))


def downgrade() -> None:
    op.alter_column("accounts", "status", type_=sa.String(10))
    op.alter_column("accounts", "code", type_=sa.BigInteger(), postgresql_using="code::bigint")
