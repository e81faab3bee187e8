"""Numbers get longer."""

import sqlalchemy as sa
from alembic import op

revision = "type_change_narrow_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "number", type_=sa.String(40))


def downgrade() -> None:
    op.alter_column("accounts", "number", type_=sa.String(20))
