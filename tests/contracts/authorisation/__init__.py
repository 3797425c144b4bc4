"""Who may do what over HTTP, declared route by route; one module a package.

    ROWS = {
        "GET /api/register/entries": EVERYONE,
        "GET /api/me": SIGNED_IN,
        "PUT /api/products/{product_id}": only(Role.MANUFACTURER),
        "GET /api/products/{product_id}": Row(frozenset({Role.MANUFACTURER}), given=a_product),
    }

`only` names the roles that are let in; everyone else signed in must get 403, or 404 where the
thing is hidden from them. Being let in means any answer but 401 and a plain 403: a refusal with
a code of its own is about the matter. `given` makes a thing that exists and returns the values of
the path, for rows that would otherwise find nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from puhui.kernel.actor import Role


def _nothing() -> Mapping[str, object]:
    return {}


@dataclass(frozen=True)
class Row:
    """Who may use one operation: nobody signed in needed, anyone signed in, or these roles."""

    roles: frozenset[Role] | None = None
    is_open: bool = False
    given: Callable[[], Mapping[str, object]] = _nothing
    theirs: bool = False
    """What `given` makes belongs to 常口村: the same role elsewhere finds nothing."""


EVERYONE = Row(is_open=True)
SIGNED_IN = Row()


def only(
    *roles: Role, given: Callable[[], Mapping[str, object]] = _nothing, theirs: bool = False
) -> Row:
    """Return the row of an operation that is for these roles alone."""
    return Row(frozenset(roles), given=given, theirs=theirs)
