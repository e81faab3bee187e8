"""Every account has a keeper, to be checked later."""

from alembic import op

revision = "add_column_inline_fk_good"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE accounts ADD COLUMN keeper_id bigint")
    op.execute(
        "ALTER TABLE accounts ADD CONSTRAINT fk_accounts_keeper "
        "FOREIGN KEY (keeper_id) REFERENCES owners (id) NOT VALID"
    )


def downgrade() -> None:
    op.drop_column("accounts", "keeper_id")
