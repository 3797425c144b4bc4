"""A calculation that anyone can repeat: one canonical document, and its SHA-256.

The document holds the inventory, every factor that was used with its source, the ruleset's
constants and the result. Whoever has the document and this module gets the same bytes again; no
database, clock or network is asked.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import rfc8785

from puhui.factors.catalogue import Catalogue
from puhui.factors.factor import Boundary, Factor, Gases, Geography
from puhui.footprint.basis import Based, resolve_lines
from puhui.footprint.errors import NotACalculation
from puhui.footprint.interpretation import judgement
from puhui.footprint.inventory import Inventory
from puhui.footprint.lifecycle import Amounts, Assessment, Column, assess, faults_of
from puhui.footprint.ruleset import RULESETS, Ruleset
from puhui.footprint.submission import Submitted, as_submitted, read
from puhui.kernel.quantity import plain

FIRST, SECOND = "puhui.footprint/1", "puhui.footprint/2"
"""The forms of the document. The first stays as it was, so that what it names stays verifiable;
the second tells uncertainty, quality, sensitivity and marks as well."""


@dataclass(frozen=True)
class Calculation:
    """A footprint with everything that it was made from."""

    text: str
    """Canonical JSON (RFC 8785): exactly the bytes that are hashed and downloaded."""
    based: Based
    assessment: Assessment
    ruleset: Ruleset
    product: Mapping[str, str]

    @property
    def document(self) -> dict[str, Any]:
        """The text as JSON."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def sha256(self) -> str:
        """The name of this calculation, in hexadecimal."""
        return sha256(self.text.encode()).hexdigest()


def calculate(based: Based, ruleset: Ruleset, product: Mapping[str, str]) -> Calculation:
    """Return the calculation of a resolved inventory that has passed `faults_of`."""
    assessment = assess(based, ruleset)
    result = _result(assessment, based.inventory)
    document: dict[str, Any] = {
        "schema": FIRST if ruleset.draws is None else SECOND,
        "ruleset": _constants(ruleset),
        "product": dict(product),
        "inventory": as_submitted(based.inventory),
        "line_factors": [[factor.citation for factor in parts] for parts in based.parts],
        "factors": {name: _factor_out(factor) for name, factor in based.factors.items()},
        "result": result,
    }
    if ruleset.draws is not None:
        result |= judgement(based, assessment, ruleset)
        if based.grid is not None:
            document["grid"] = based.grid.citation
            document["factors"][based.grid.citation] = _factor_out(based.grid)
    return Calculation(rfc8785.dumps(document).decode(), based, assessment, ruleset, product)


def recompute(text: str) -> Calculation:
    """Return the calculation that the document's own inventory, factors and ruleset give.

    It is the document's when the two texts are the same.

    Raises:
        NotACalculation: the text is not such a document, or names a ruleset unknown here.
    """
    try:
        document = json.loads(text)
        ruleset = RULESETS[document["ruleset"]["id"]]
        inventory, faults = read(Submitted.of_json(document["inventory"]))
        factors = {name: _factor_in(cells) for name, cells in dict(document["factors"]).items()}
        if any(name != factor.citation for name, factor in factors.items()):
            raise NotACalculation(reason="factors")
        parts = tuple(
            tuple(factors[citation] for citation in named) for named in document["line_factors"]
        )
        grid = factors[document["grid"]] if "grid" in document else None
        product = {str(name): str(value) for name, value in dict(document["product"]).items()}
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as fault:
        raise NotACalculation(reason=type(fault).__name__) from fault
    if inventory is None or len(parts) != len(inventory.lines):
        raise NotACalculation(reason=faults[0].code if faults else "line_factors")
    faults = faults_of(inventory, ruleset)
    if ruleset.draws is not None:
        # Its own factors must be those that the rules would give to its lines.
        used = {factor.citation: factor for found in parts for factor in found}
        again, unfit = resolve_lines(inventory.lines, Catalogue(used.values()))
        faults += unfit
        if not faults and again != parts:
            raise NotACalculation(reason="line_factors")
    if faults:
        raise NotACalculation(reason=faults[0].code)
    return calculate(Based(inventory, parts, grid), ruleset, product)


def _constants(ruleset: Ruleset) -> dict[str, str | int]:
    return {
        field.name: plain(value) if isinstance(value, Decimal) else value
        for field in fields(ruleset)
        for value in [getattr(ruleset, field.name)]
        if value is not None
    }


def _factor_out(factor: Factor) -> dict[str, Any]:
    # What nobody has judged is left out, so that documents from before there were judgements
    # come out as they were.
    told = {name: value for name, value in asdict(factor).items() if value is not None}
    told |= {
        "kg_per_unit": plain(factor.kg_per_unit),
        "gases": str(factor.gases),
        "boundary": str(factor.boundary),
    }
    if factor.geography is not None:
        told["geography"] = str(factor.geography)
    if factor.pedigree is not None:
        told["pedigree"] = list(factor.pedigree)
    if factor.gsd is not None:
        told["gsd"] = plain(factor.gsd)
    return told


def _factor_in(cells: Mapping[str, Any]) -> Factor:
    told = {
        **cells,
        "kg_per_unit": Decimal(cells["kg_per_unit"]),
        "gases": Gases(cells["gases"]),
        "boundary": Boundary(cells["boundary"]),
        "year": int(cells["year"]),
    }
    if "geography" in cells:
        told["geography"] = Geography(cells["geography"])
    if "pedigree" in cells:
        one, two, three, four, five = (int(score) for score in cells["pedigree"])
        told["pedigree"] = (one, two, three, four, five)
    if "gsd" in cells:
        told["gsd"] = Decimal(cells["gsd"])
    return Factor(**told)


def _result(assessment: Assessment, inventory: Inventory) -> dict[str, Any]:
    balance = {name: plain(value) for name, value in asdict(assessment.balance).items()}
    return {
        "declared_unit": inventory.declared_unit.symbol,
        "reach": str(inventory.reach),
        "footprint_kg": plain(assessment.total.counted),
        "total": _amounts(assessment.total),
        "stages": [
            {"stage": str(stage), **_amounts(amounts)} for stage, amounts in assessment.stages
        ],
        "carbon_held_kg": plain(assessment.carbon_held),
        "product_mass_kg": plain(assessment.product_mass_kg),
        "allocated_percent": plain(assessment.allocated_percent),
        "primary_percent": plain(assessment.primary_percent),
        "proxy_percent": plain(assessment.proxy_percent),
        "balance_kg": balance,
        "lines": [
            {
                "row": index,
                "stage": str(line.stage),
                "name": line.name,
                "basis": line.basis,
                "share_percent": plain(assessment.share_percent(line)),
                "parts": [
                    {"basis": part.basis, "column": str(part.column), "kg": plain(part.kg)}
                    for part in line.parts
                ],
            }
            for index, line in enumerate(assessment.lines, start=1)
        ],
    }


def _amounts(amounts: Amounts) -> dict[str, str]:
    return {
        **{str(column): plain(getattr(amounts, column)) for column in Column},
        "counted": plain(amounts.counted),
    }


def data_years(based: Based) -> tuple[int, int]:
    """Return the first and the last year that the factors used describe."""
    years = [factor.year for factor in based.factors.values()]
    until: date = based.inventory.period_to
    return (min(years), max(years)) if years else (until.year, until.year)
