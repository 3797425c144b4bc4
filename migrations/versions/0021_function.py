"""What a product does, so that it is set beside its like; the number of an official certificate."""

import sqlalchemy as sa
from alembic import op

revision = "0021_function"
down_revision = "0020_verification"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'")
    for name in ("function", "certificate_number", "certificate_body"):
        op.add_column("footprint_product", sa.Column(name, sa.Text))
    op.create_check_constraint(
        op.f("ck_footprint_product_certificate_has_body"),
        "footprint_product",
        "(certificate_number IS NULL) = (certificate_body IS NULL)",
    )


def downgrade() -> None:
    """Undo."""
    op.drop_constraint(
        op.f("ck_footprint_product_certificate_has_body"), "footprint_product", type_="check"
    )
    for name in ("certificate_body", "certificate_number", "function"):
        op.drop_column("footprint_product", name)
