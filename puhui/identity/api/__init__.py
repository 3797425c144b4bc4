"""JSON resources of identity, by noun."""

from puhui.identity.api import (
    child,
    client,
    consent,
    invitation,
    me,
    member,
    organisation,
    permission,
    person,
    sign_in,
)
from puhui.identity.api.blueprint import (
    me_resources,
    organisation_resources,
    people_resources,
    permission_resources,
    sign_in_resources,
)

blueprints = (
    sign_in_resources,
    me_resources,
    organisation_resources,
    people_resources,
    permission_resources,
)

# These hang their views on the blueprints; importing them is enough.
__all__ = [
    "blueprints",
    "child",
    "client",
    "consent",
    "invitation",
    "me",
    "member",
    "organisation",
    "permission",
    "person",
    "sign_in",
]
