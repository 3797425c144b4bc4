"""There is one permission table, and the documentation is it."""

from pathlib import Path

from puhui.identity import permission_table
from puhui.kernel.actor import MAY, Permission, Role

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"


def test_the_documentation_is_the_table() -> None:
    assert DOCUMENT.read_text("utf-8") == permission_table.markdown()


def test_every_permission_belongs_to_somebody() -> None:
    assert {p for permissions in MAY.values() for p in permissions} == set(Permission)
    assert set(MAY) == set(Role) == set(permission_table.ROLE_NAMES)


def test_everyone_can_read_the_table(client) -> None:
    items = client.get("/api/permissions").json["items"]
    found = {item["permission"]: set(item["roles"]) for item in items}
    assert found["footprint:verify"] == {"verifier"}
    assert found["planting:log"] == {"citizen"}
    assert "footprint:verify" in client.get("/permissions").get_data(as_text=True)
