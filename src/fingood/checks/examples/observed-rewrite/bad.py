"""A function that rewrites the table."""

from alembic import op

revision = "observed_rewrite_bad"
down_revision = "observed_rewrite_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SELECT codes_to_text()")


def downgrade() -> None:
    op.execute("ALTER TABLE accounts ALTER code TYPE bigint USING code::bigint")
