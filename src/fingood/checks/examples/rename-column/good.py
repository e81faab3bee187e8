"""An IBAN beside the number."""

import sqlalchemy as sa
from alembic import op

revision = "rename_column_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("iban", sa.String(34)))


def downgrade() -> None:
    op.drop_column("accounts", "iban")
