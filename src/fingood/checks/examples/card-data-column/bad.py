"""Cards of an account."""

import sqlalchemy as sa
from alembic import op

revision = "card_data_column_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("card_number", sa.String(19)))


def downgrade() -> None:
    op.drop_column("accounts", "card_number")
