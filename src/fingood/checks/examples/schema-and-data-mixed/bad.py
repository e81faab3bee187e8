"""A branch for every owner, written by the same revision."""

import sqlalchemy as sa
from alembic import op

revision = "schema_and_data_mixed_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owners", sa.Column("branch", sa.Text()))
    op.execute("INSERT INTO accounts (id, number, code, email) VALUES (-7, 'x', 7, 'x')")


def downgrade() -> None:
    op.execute("DELETE FROM accounts WHERE id = -7")
    op.drop_column("owners", "branch")
