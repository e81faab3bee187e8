"""Accounts get a keeper, by an integer."""

import sqlalchemy as sa
from alembic import op

revision = "fk_type_mismatch_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("keeper_id", sa.Integer()))
    op.execute(
        "ALTER TABLE accounts ADD CONSTRAINT fk_accounts_keeper "
        "FOREIGN KEY (keeper_id) REFERENCES owners (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_column("accounts", "keeper_id")
