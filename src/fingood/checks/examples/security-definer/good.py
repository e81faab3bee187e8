"""Everybody may know the total, and no more."""

from alembic import op

revision = "security_definer_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION total() RETURNS numeric LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp "
        "AS 'SELECT sum(balance) FROM public.accounts'"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION total")
