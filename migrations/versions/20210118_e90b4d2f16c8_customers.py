"""Customers with consent and retention

Revision ID: e90b4d2f16c8
Revises: c27f6a81d3e5
Create Date: 2021-01-18 10:05:31

"""

import sqlalchemy as sa
from alembic import op

revision = "e90b4d2f16c8"
down_revision = "c27f6a81d3e5"
branch_labels = None
depends_on = None

PERSONAL = "classification: personal data; erased when retention_until has passed"


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("legal_name", sa.String(140), nullable=False, comment=PERSONAL),
        sa.Column("email", sa.String(254), nullable=True, comment=PERSONAL),
        sa.Column("date_of_birth", sa.Date(), nullable=True, comment=PERSONAL),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("consent_version", sa.String(20), nullable=True),
        sa.Column("consent_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retention_until", sa.Date(), nullable=True, comment="erase after this day; set when consent ends"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("reference", name="uq_customers_reference"),
        sa.CheckConstraint("kind IN ('person', 'organisation')", name="ck_customers_kind"),
        sa.CheckConstraint(
            "(consent_given_at IS NULL) = (consent_version IS NULL)", name="ck_customers_consent_version"
        ),
        sa.CheckConstraint(
            "consent_withdrawn_at IS NULL OR consent_withdrawn_at >= consent_given_at",
            name="ck_customers_consent_withdrawn",
        ),
        schema="ledger",
    )


def downgrade() -> None:
    op.drop_table("customers", schema="ledger")
