"""Accounts get a keeper, by a bigint."""

import sqlalchemy as sa
from alembic import op

revision = "fk_type_mismatch_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("keeper_id", sa.BigInteger()))
    op.execute(
        "ALTER TABLE accounts ADD CONSTRAINT fk_accounts_keeper "
        "FOREIGN KEY (keeper_id) REFERENCES owners (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_column("accounts", "keeper_id")
