"""The number is an IBAN."""

from alembic import op

revision = "rename_column_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "number", new_column_name="iban")


def downgrade() -> None:
    op.alter_column("accounts", "iban", new_column_name="number")
