"""A new table whose rows do not overlap."""

from alembic import op

revision = "exclusion_constraint_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE rates (during int8range, CONSTRAINT ex_rates EXCLUDE USING gist (during WITH &&))")


def downgrade() -> None:
    op.drop_table("rates")
