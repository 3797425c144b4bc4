"""The public register: everyone may read everything."""

from tests.contracts.authorisation import EVERYONE

ROWS = {
    "GET /api/register/entries": EVERYONE,
    "GET /api/register/entries/{entry_id}": EVERYONE,
    "GET /api/register/entries/{entry_id}/proof": EVERYONE,
}
