"""Codes are small."""

# also: type-change-rewrite because every row is written anew as well

import sqlalchemy as sa
from alembic import op

revision = "type_change_narrow_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "code", type_=sa.Integer())


def downgrade() -> None:
    op.alter_column("accounts", "code", type_=sa.BigInteger())
