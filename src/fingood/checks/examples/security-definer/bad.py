"""Everybody may know the total."""

from alembic import op

revision = "security_definer_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION total() RETURNS numeric LANGUAGE sql SECURITY DEFINER "
        "AS 'SELECT sum(balance) FROM public.accounts'"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION total")
