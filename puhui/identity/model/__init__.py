"""Who there is, what they hold, what they agreed to."""

from puhui.identity.model.consent import Consent, Withdrawal
from puhui.identity.model.member import Invitation, Member, MemberChange
from puhui.identity.model.organisation import ApiClient, Decision, Organisation, OrganisationRole
from puhui.identity.model.person import Password, Person
from puhui.identity.model.signing_in import Attempt, Code, SignedInSession

__all__ = [
    "ApiClient",
    "Attempt",
    "Code",
    "Consent",
    "Decision",
    "Invitation",
    "Member",
    "MemberChange",
    "Organisation",
    "OrganisationRole",
    "Password",
    "Person",
    "SignedInSession",
    "Withdrawal",
]
