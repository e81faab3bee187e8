"""A column, and the CHECK for the old rows too."""

import sqlalchemy as sa
from alembic import op

revision = "validate_under_lock_bad"
down_revision = "validate_under_lock_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("tier", sa.Text()))
    op.execute("ALTER TABLE accounts VALIDATE CONSTRAINT ck_accounts_code")


def downgrade() -> None:
    op.drop_column("accounts", "tier")
