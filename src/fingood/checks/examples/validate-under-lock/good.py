"""The CHECK for the old rows too, before anything is locked."""

import sqlalchemy as sa
from alembic import op

revision = "validate_under_lock_good"
down_revision = "validate_under_lock_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE accounts VALIDATE CONSTRAINT ck_accounts_code")
    op.add_column("accounts", sa.Column("tier", sa.Text()))


def downgrade() -> None:
    op.drop_column("accounts", "tier")
