"""As autogenerate writes it without a naming convention."""

# also: downgrade-fails because SQLAlchemy cannot write the statement

from alembic import op

revision = "unnamed_constraint_bad"
down_revision = "bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key(None, "accounts", "owners", ["owner_id"], ["id"], postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint(None, "accounts", type_="foreignkey")
