"""Pages of an organisation's programs."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import transaction
from puhui.identity.pages.blueprint import pages
from puhui.identity.pages.organisation import again, back_to
from puhui.identity.schema.client import ClientDraftSchema
from puhui.identity.service import clients
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.pages import form_name, read_form, signed_in


@pages.post("/organisations/<uuid:organisation_id>/api-clients")
def make_client(organisation_id: UUID) -> ResponseReturnValue:
    """Make a machine and show its token once."""
    actor = signed_in()
    try:
        draft = read_form(ClientDraftSchema)
        with transaction() as session:
            card, token = clients.make(
                session,
                actor,
                form_name(),
                organisation_id,
                draft["name"],
                frozenset(draft["permissions"]),
                now(),
            )
    except DomainError as error:
        return again(organisation_id, actor, error)
    return render_template("identity/client.html", card=card, token=token)


@pages.post("/organisations/<uuid:organisation_id>/api-clients/<uuid:client_id>/end")
def end_client(organisation_id: UUID, client_id: UUID) -> ResponseReturnValue:
    """End a machine's right to act."""
    with transaction() as session:
        clients.end(session, signed_in(), organisation_id, client_id, now())
    return back_to(organisation_id)
