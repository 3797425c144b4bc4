"""What a certificate says, and what the public register says of a retirement."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785

from puhui.credits.detail import DETAILS
from puhui.credits.hold import RetiredLine
from puhui.credits.kind import RULES
from puhui.credits.purpose import Purpose
from puhui.credits.reversal import CAUSES, Reversal
from puhui.credits.sponsor import Sponsor, allot
from puhui.kernel import code as codes
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_

VERSION = 1
BEIJING = timezone(timedelta(hours=8))
CODE_LENGTH = 10

_MOST_REGISTERED_BYTES = 48_000


class Standing(StrEnum):
    """What has become of the retirement that a certificate tells of."""

    RETIRED = "retired"
    CORRECTED = "corrected"
    """An erratum has been published."""
    REVERSED = "reversed"
    """A project of which it retired credits has since lost carbon."""
    CORRECTED_AND_REVERSED = "corrected_and_reversed"


@dataclass(frozen=True)
class Correction:
    """A public erratum."""

    says_zh: str
    says_en: str
    recorded_at: datetime


@dataclass(frozen=True)
class Opening:
    """Whose retirement it is, and the salt that shows that the commitment was to this name."""

    salt: bytes
    name: str
    name_en: str


@dataclass(frozen=True)
class SealText:
    """An Ed25519 signature over the document's bytes, and whose it is."""

    key: str
    signature: bytes


@dataclass(frozen=True)
class Certificate:
    """A certificate with what is known about it now."""

    code: str
    retirement_id: UUID
    hold_id: UUID
    register_entry_id: UUID
    canonical: str
    document: Mapping[str, Any]
    opening: Opening | None
    """None for a person who has not consented to be named, or no longer does."""
    errata: tuple[Correction, ...]
    seal: SealText | None
    """None for the moment between retirement and signature."""
    retired_at: datetime
    reversals: tuple[Reversal, ...] = ()

    @property
    def standing(self) -> Standing:
        """What its title has to say."""
        if self.reversals:
            return Standing.CORRECTED_AND_REVERSED if self.errata else Standing.REVERSED
        return Standing.CORRECTED if self.errata else Standing.RETIRED


def code_of(retirement_id: UUID) -> str:
    """Return the short code under which the certificate of this retirement is found."""
    return codes.short_code(f"certificate {retirement_id}", CODE_LENGTH)


def read_code(text: str) -> str:
    """Return the code as it was meant, or "" for what is none."""
    return codes.read_code(text, CODE_LENGTH)


def document(
    code: str,
    retirement_id: UUID,
    purpose: Purpose,
    beneficiary: str | None,
    lines: Sequence[RetiredLine],
    now: datetime,
    sponsors: Sequence[Sponsor] = (),
) -> dict[str, Any]:
    """Return what the certificate says, for good. `beneficiary` is a commitment, not a name.

    Quantities are strings of digits, in kilograms of CO2e.
    """
    retired_kg = sum(line.quantity_kg for line in lines)
    return _shares_of(sponsors, retired_kg) | {
        "v": VERSION,
        "type": "puhui.retirement_certificate",
        "code": code,
        "retirement": str(retirement_id),
        "retired_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "beneficiary": beneficiary,
        "purpose": _document_of(purpose)
        | {
            "kind": purpose.kind,
            "id": str(purpose.subject_id),
            "title": {"zh": purpose.title_zh, "en": purpose.title_en or purpose.title_zh},
            "begins_on": purpose.begins_on and purpose.begins_on.isoformat(),
            "ends_on": purpose.ends_on and purpose.ends_on.isoformat(),
        },
        "required_kg": str(purpose.required_kg),
        "retired_kg": str(retired_kg),
        "surplus_kg": str(retired_kg - purpose.required_kg),
        "boundary": {"zh": purpose.boundary_zh, "en": purpose.boundary_en},
        "figures": [
            {
                "name": {"zh": line.name_zh, "en": line.name_en},
                "kg": line.kg,
                "factors": list(line.factors),
            }
            for line in purpose.lines
        ],
        "excluded": [
            {
                "name": {"zh": each.name_zh, "en": each.name_en},
                "reason": {"zh": each.reason_zh, "en": each.reason_en},
            }
            for each in purpose.exclusions
        ],
        "credits": [
            {
                "kind": line.kind,
                "project": line.project_code,
                "project_name": {"zh": line.project_name, "en": line.project_name_en},
                "place": {"zh": line.place, "en": line.place_en},
                "supports": {"zh": line.beneficiaries, "en": line.beneficiaries_en},
                "registry": line.registry,
                "serial_form": "platform" if line.ours else "registry",
                "serials": [str(serials) for serials in line.serials],
                "period": [line.period_starts.isoformat(), line.period_ends.isoformat()],
                "kg": str(line.quantity_kg),
            }
            | ({"details": dict(line.details)} if line.details else {})
            for line in lines
        ],
    }


def _shares_of(sponsors: Sequence[Sponsor], retired_kg: int) -> dict[str, Any]:
    """Return who carries how much of the retirement, if anybody was named."""
    if not sponsors:
        return {}
    return {
        "sponsors": [
            {
                "name": {"zh": each.name, "en": each.name_en or each.name},
                "percent": each.written,
                "kg": str(kg),
            }
            for each, kg in zip(sponsors, allot(retired_kg, sponsors), strict=True)
        ]
    }


def _document_of(purpose: Purpose) -> dict[str, Any]:
    """Return the document that the retirement follows from, if there is one."""
    if purpose.document is None:
        return {}
    said = purpose.document
    return {
        "document": {
            "title": said.title,
            "number": said.number,
            "issued_on": said.issued_on.isoformat(),
            "sha256": said.sha256 or None,
        }
    }


def canonical(told: Mapping[str, Any]) -> str:
    """Return RFC 8785 JSON: the bytes that are signed and committed to."""
    return rfc8785.dumps(dict(told)).decode()


def digest(text: str) -> str:
    """Return `sha256:…` over the text's bytes."""
    return "sha256:" + sha256(text.encode()).hexdigest()


def register_entry(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the public register says of the retirement: serials, and a hash of the rest.

    An entry has a largest size; of a retirement with very many serials it holds their hash.
    """
    serials = [
        {
            "registry": line["registry"],
            "project": line["project"],
            "period": line["period"],
            "serials": line["serials"],
            "kg": line["kg"],
        }
        for line in told["credits"]
    ]
    entry: dict[str, Any] = {
        "certificate": told["code"],
        "document": digest(canonical(told)),
        "purpose": told["purpose"]["kind"],
        "purpose_id": told["purpose"]["id"],
        "beneficiary": told["beneficiary"],
        "required_kg": told["required_kg"],
        "kg": told["retired_kg"],
    }
    written = rfc8785.dumps(serials)
    if len(written) <= _MOST_REGISTERED_BYTES:
        entry["credits"] = serials
    else:
        entry["credits_digest"] = digest(written.decode())
    return entry


def envelope(certificate: Certificate, proof: str | None, key: str | None) -> dict[str, Any]:
    """Return the file that is given to whoever wants to check it without us.

    `proof` is the `.tlog-proof` of the retirement's entry and `key` the log's public key, both
    None while the entry has no number. The entry commits to `document` and to what `openings`
    open; `puhui register check` looks at all of it.
    """
    opening, seal = certificate.opening, certificate.seal
    return {
        "document": certificate.document,
        "standing": certificate.standing.value,
        "errata": [
            {
                "zh": each.says_zh,
                "en": each.says_en,
                "at": each.recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            for each in certificate.errata
        ],
        "reversals": reversals_shown(certificate),
        "openings": {"beneficiary": {"salt": opening.salt.hex(), "text": opening.name}}
        if opening
        else {},
        "signature": seal
        and {
            "algorithm": "Ed25519",
            "over": "document, RFC 8785",
            "key": seal.key,
            "value": b64encode(seal.signature).decode(),
        },
        "proof": proof,
        "key": key,
    }


def reversals_shown(certificate: Certificate) -> list[dict[str, Any]]:
    """Return what the projects of a certificate have lost since, as it is shown."""
    return [
        {
            "project": each.project_code,
            "project_name": {"zh": each.project_name, "en": each.project_name_en},
            "cause": each.what.cause.value,
            "happened_on": each.what.happened_on.isoformat(),
            "lost_kg": str(each.what.lost_kg),
            "covered_kg": str(each.covered_kg),
            "uncovered_kg": str(each.uncovered_kg),
            "says": {"zh": each.what.says_zh, "en": each.what.says_en},
            "source": each.what.source,
        }
        for each in certificate.reversals
    ]


TITLES = {
    Standing.RETIRED: (N_("碳信用注销证书"), "Certificate of carbon credit retirement"),
    Standing.CORRECTED: (
        N_("碳信用注销证书（附更正）"),
        "Certificate of carbon credit retirement, with errata",
    ),
    Standing.REVERSED: (
        N_("碳信用注销证书（附逆转披露）"),
        "Certificate of carbon credit retirement, with a reversal disclosed",
    ),
    Standing.CORRECTED_AND_REVERSED: (
        N_("碳信用注销证书（附更正与逆转披露）"),
        "Certificate of carbon credit retirement, with errata and a reversal disclosed",
    ),
}


def printed(certificate: Certificate, address: str, index: int | None) -> dict[str, Any]:
    """Return what the printed certificate shows: the document, and what stands beside it."""
    told = certificate.document
    title_zh, title_en = TITLES[certificate.standing]
    opening = certificate.opening
    return {
        **told,
        "title": {"zh": title_zh, "en": title_en},
        "beneficiary": {
            "zh": opening.name if opening else "",
            "en": (opening.name_en or opening.name) if opening else "",
        },
        "retired_on": certificate.retired_at.astimezone(BEIJING).date().isoformat(),
        "errata": [
            {
                "zh": each.says_zh,
                "en": each.says_en,
                "on": each.recorded_at.astimezone(BEIJING).date().isoformat(),
            }
            for each in certificate.errata
        ],
        "reversals": reversals_shown(certificate),
        "causes": {cause.value: {"zh": zh, "en": en} for cause, (zh, en) in CAUSES.items()},
        "figures_kg": plain(sum((Decimal(line["kg"]) for line in told["figures"]), Decimal(0))),
        "kinds": {kind.value: rule.name for kind, rule in RULES.items()},
        "details": {
            each.name: {"zh": each.label, "en": each.label_en} for each in DETAILS.values()
        },
        "address": address,
        "digest": digest(certificate.canonical),
        "index": index,
        "code": f"{certificate.code[:5]}-{certificate.code[5:]}",
    }
