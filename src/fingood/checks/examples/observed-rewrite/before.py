"""Functions of the database's administrators."""

from alembic import op

revision = "observed_rewrite_before"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION codes_to_text() RETURNS void LANGUAGE plpgsql AS "
        "'BEGIN ALTER TABLE accounts ALTER code TYPE text USING code::text; END'"
    )
    op.execute(
        "CREATE FUNCTION widen_numbers() RETURNS void LANGUAGE plpgsql AS "
        "'BEGIN ALTER TABLE accounts ALTER number TYPE varchar(40); END'"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION widen_numbers")
    op.execute("DROP FUNCTION codes_to_text")
