"""Nicknames, with a limit that can change."""

import sqlalchemy as sa
from alembic import op

revision = "varchar_limit_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN nickname text")
    op.execute("ALTER TABLE accounts ADD CONSTRAINT ck_accounts_nickname CHECK (length(nickname) <= 12) NOT VALID")
    op.add_column("accounts", sa.Column("language", sa.String(8)))


def downgrade() -> None:
    op.drop_column("accounts", "language")
    op.drop_column("accounts", "nickname")
