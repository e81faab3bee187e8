"""Countries have cities, and nobody uses them yet."""

import sqlalchemy as sa
from alembic import op

revision = "new_table_fk_locks_parent_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("countries", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.create_table(
        "cities",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("country_id", sa.BigInteger(), sa.ForeignKey("countries.id")),
    )


def downgrade() -> None:
    op.drop_table("cities")
    op.drop_table("countries")
