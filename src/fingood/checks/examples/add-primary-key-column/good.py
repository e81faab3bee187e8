"""The index of the revision before becomes the key."""

from alembic import op

revision = "add_primary_key_column_good"
down_revision = "add_primary_key_column_before"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE prices ADD CONSTRAINT pk_prices PRIMARY KEY USING INDEX ux_prices_id")


def downgrade() -> None:
    op.drop_constraint("pk_prices", "prices")
    with op.get_context().autocommit_block():
        op.create_index("ux_prices_id", "prices", ["id"], unique=True, postgresql_concurrently=True)
