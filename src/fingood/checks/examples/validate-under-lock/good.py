"""Codes are positive; the tier waits until that is proven."""

import sqlalchemy as sa
from alembic import op

revision = "validate_under_lock_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE accounts ADD CONSTRAINT ck_accounts_code CHECK (code > 0) NOT VALID")
        op.execute("ALTER TABLE accounts VALIDATE CONSTRAINT ck_accounts_code")
    op.add_column("accounts", sa.Column("tier", sa.Text()))


def downgrade() -> None:
    op.drop_column("accounts", "tier")
    op.drop_constraint("ck_accounts_code", "accounts")
