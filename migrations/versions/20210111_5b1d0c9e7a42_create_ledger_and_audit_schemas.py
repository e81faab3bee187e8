"""Create the ledger and audit schemas

Revision ID: 5b1d0c9e7a42
Revises:
Create Date: 2021-01-11 09:12:44

"""

from alembic import op

revision = "5b1d0c9e7a42"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA ledger")
    op.execute("CREATE SCHEMA audit")


def downgrade() -> None:
    op.execute("DROP SCHEMA audit")
    op.execute("DROP SCHEMA ledger")
