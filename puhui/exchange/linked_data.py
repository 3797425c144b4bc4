"""A label as linked data: schema.org for everybody, GS1's PACT terms for the figures.

Vocabularies: schema.org; GS1 Web Vocabulary (https://ref.gs1.org/voc/) and its extension for PACT
3.0 of 2025-11 (https://gs1.github.io/WebVoc/pact/extension.jsonld). The context is in the document
itself: whoever reads it need ask nobody else. Figures are decimals as text, as PACT has them.

A label that has ended keeps its page but gives no figure to a program, which might not look at its
state. What the product holds is a term of its own; `pcfIncludingBiogenicCO2Uptake`, which would
subtract it, is left out on purpose.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from puhui.footprint.carbon import CO2_OF_CARBON
from puhui.footprint.flows import rounded
from puhui.footprint.label import LabelState
from puhui.footprint.queries import LabelView
from puhui.kernel.quantity import EXACT, plain
from puhui.kernel.unit import printed

MEDIA_TYPE = "application/ld+json"
LABEL_NAMES = {"zh-CN": "平台自愿碳标签", "en": "Voluntary carbon label of this platform"}

_DECIMAL = {"@type": "xsd:decimal"}
CONTEXT: Mapping[str, Any] = {
    "@vocab": "https://schema.org/",
    "gs1": "https://ref.gs1.org/voc/",
    "pact": "https://gs1.github.io/WebVoc/pact/extension.jsonld#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "gs1:value": {"@id": "gs1:value", **_DECIMAL},
    "contentUrl": {"@type": "@id"},
    "url": {"@type": "@id"},
}
_CODES = {
    "kg": "KGM",
    "g": "GRM",
    "t": "TNE",
    "m3": "MTQ",
    "L": "LTR",
    "m2": "MTK",
    "m": "MTR",
    "piece": "H87",
    "pair": "PR",
    "set": "SET",
}
"""UN/ECE Recommendation 20, common codes."""


def of_label(view: LabelView, base_url: str) -> dict[str, Any]:
    """Return the product of a label, and the label, as a JSON-LD document."""
    product = view.document["product"]
    page = f"{base_url}/l/{view.label.code}"
    return {
        "@context": CONTEXT,
        "@type": ["Product", "gs1:Product"],
        "@id": f"{base_url}/01/{gtin}" if (gtin := view.product.gtin) else f"{page}#product",
        "name": _named(product["name_zh"], product["name_en"]),
        "url": page,
        **({"gtin14": gtin, "gs1:gtin": gtin} if gtin else {}),
        "manufacturer": {
            "@type": ["Organization", "gs1:Organization"],
            "name": _named(product["maker"], view.maker.name_en),
            "taxID": product["maker_uscc"],
        },
        "additionalProperty": _basis(view.document["result"]),
        "subjectOf": _label(view, base_url, page),
    }


def _basis(result: Mapping[str, Any]) -> list[dict[str, str]]:
    """What every figure of the label is for one of, and how far it reaches."""
    symbol = result["declared_unit"]
    return [
        {
            "@type": "PropertyValue",
            "propertyID": "declared_unit",
            "value": "1",
            "unitText": printed(symbol),
            **({"unitCode": _CODES[symbol]} if symbol in _CODES else {}),
        },
        {"@type": "PropertyValue", "propertyID": "boundary", "value": result["reach"]},
    ]


def _label(view: LabelView, base_url: str, page: str) -> dict[str, Any]:
    label = view.label
    calculation = f"{base_url}/api/footprints/{view.footprint.footprint_id}/calculation"
    return {
        "@type": ["WebPage", "pact:ProductCarbonFootprint"],
        "@id": page,
        "name": _named(LABEL_NAMES["zh-CN"], LABEL_NAMES["en"]),
        "identifier": label.code,
        "creativeWorkStatus": str(view.state),
        "version": str(view.footprint.number),
        "datePublished": label.issued_at.isoformat(),
        "expires": (label.withdrawn_at or label.expires_at).isoformat(),
        **_reviewed(view),
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": calculation,
            "encodingFormat": "application/json",
            "sha256": view.footprint.sha256,
        },
        **(_figures(view) if view.state is LabelState.ISSUED else {}),
    }


def _reviewed(view: LabelView) -> dict[str, Any]:
    """Return who verified it; nothing of a label that its maker alone declares."""
    if view.verifier is None:
        return {}
    name = _named(view.verifier.name, view.verifier.name_en)
    return {"reviewedBy": {"@type": "Organization", "name": name}}


def _figures(view: LabelView) -> dict[str, Any]:
    result, inventory = view.document["result"], view.document["inventory"]
    total = {name: Decimal(value) for name, value in result["total"].items()}
    held = Decimal(result["carbon_held_kg"])
    return {
        "pact:productMassPerDeclaredUnit": _kilograms(Decimal(result["product_mass_kg"])),
        "pact:pcfExcludingBiogenicUptake": _kilograms(total["counted"]),
        # PACT counts the aircraft's emissions among the fossil ones and tells them again apart.
        "pact:fossilGhgEmissions": _kilograms(EXACT.add(total["fossil"], total["aircraft"])),
        "pact:aircraftGhgEmissions": _kilograms(total["aircraft"]),
        "pact:landUseChangeGhgEmissions": _kilograms(total["land_use"]),
        "pact:biogenicNonCO2Emissions": _kilograms(total["biogenic_other"]),
        "pact:biogenicCO2Uptake": _kilograms(-held),
        "pact:biogenicCarbonContent": _kilograms(rounded(Fraction(held) / CO2_OF_CARBON)),
        "pact:ipccCharacterizationFactors": view.document["ruleset"]["gwp"],
        "pact:crossSectoralStandards": "ISO14067",
        "pact:referencePeriodStart": inventory["period_from"],
        "pact:referencePeriodEnd": inventory["period_to"],
        "pact:geographyCountry": "CN",
    }


def _kilograms(mass: Decimal) -> dict[str, str]:
    return {
        "@type": "gs1:QuantitativeValue",
        "gs1:value": plain(mass),
        "gs1:unitCode": "KGM",
    }


def _named(zh: str, en: str | None) -> list[dict[str, str]]:
    found = [{"@language": "zh-CN", "@value": zh}]
    return [*found, {"@language": "en", "@value": en}] if en else found
