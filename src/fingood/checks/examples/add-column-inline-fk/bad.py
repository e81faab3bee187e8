"""Every account belongs to the first branch."""

from alembic import op

revision = "add_column_inline_fk_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("INSERT INTO owners VALUES (1, 'bank')")
    op.execute("ALTER TABLE accounts ADD COLUMN keeper_id bigint DEFAULT 1 REFERENCES owners (id)")


def downgrade() -> None:
    op.drop_column("accounts", "keeper_id")
    op.execute("DELETE FROM owners WHERE id = 1")
