"""Functions of the database's administrators."""

from alembic import op

revision = "observed_scan_under_lock_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION require_phone() RETURNS void LANGUAGE plpgsql AS "
        "'BEGIN ALTER TABLE accounts ALTER phone SET NOT NULL; END'"
    )
    op.execute(
        "CREATE FUNCTION require_email() RETURNS void LANGUAGE plpgsql AS "
        "'BEGIN ALTER TABLE accounts ALTER email SET NOT NULL; END'"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION require_email")
    op.execute("DROP FUNCTION require_phone")
