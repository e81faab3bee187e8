"""Cards of an account, as the provider's token."""

import sqlalchemy as sa
from alembic import op

revision = "card_data_column_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("card_token", sa.String(64)))
    op.add_column("accounts", sa.Column("card_last4", sa.CHAR(4)))


def downgrade() -> None:
    op.drop_column("accounts", "card_last4")
    op.drop_column("accounts", "card_token")
