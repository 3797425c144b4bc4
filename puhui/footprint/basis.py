"""What each line of an inventory is computed from: factors resolved and found fit, or a fault.

A factor that covers only the burning of a fuel is completed by the other gases and the upstream
of the same fuel. What is CO2 alone, or ends at another boundary, does not pass.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from puhui.factors.catalogue import Catalogue
from puhui.factors.factor import Boundary, Factor, Gases
from puhui.factors.missing import missing
from puhui.footprint.inventory import Fate, Inventory, Kind, Line
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.kernel.unit import UNITS, unit_called


@dataclass(frozen=True)
class Based:
    """An inventory with the factors of each line, in the order of its lines."""

    inventory: Inventory
    parts: tuple[tuple[Factor, ...], ...]

    @property
    def factors(self) -> Mapping[str, Factor]:
        """Every factor used, by citation."""
        return {factor.citation: factor for parts in self.parts for factor in parts}


_FITS: Mapping[Kind, Boundary] = {
    Kind.BAMBOO: Boundary.CRADLE_TO_GATE,
    Kind.MATERIAL: Boundary.CRADLE_TO_GATE,
    Kind.PACKAGING: Boundary.CRADLE_TO_GATE,
    Kind.ENERGY: Boundary.LIFE_CYCLE,
    Kind.TRANSPORT: Boundary.LIFE_CYCLE,
    Kind.WASTE: Boundary.TREATMENT,
    Kind.RESIDUE: Boundary.TREATMENT,
}


def resolve(inventory: Inventory, catalogue: Catalogue) -> tuple[Based, list[Fault]]:
    """Return the inventory with its factors, and a fault for each line whose factor fails."""
    parts, faults = resolve_lines(inventory.lines, catalogue)
    return Based(inventory, parts), faults


def resolve_lines(
    lines: Sequence[Line], catalogue: Catalogue
) -> tuple[tuple[tuple[Factor, ...], ...], list[Fault]]:
    """Return the factors of each line, and a fault for each whose factor fails."""
    faults: list[Fault] = []
    return tuple(_parts(line, catalogue, faults) for line in lines), faults


def names_in(lines: Sequence[Line]) -> set[str]:
    """Return every factor key or subject that the lines name, without versions."""
    return {line.factor.partition("@")[0] for line in lines if line.factor}


def _parts(line: Line, catalogue: Catalogue, faults: list[Fault]) -> tuple[Factor, ...]:
    if line.factor is None:
        return ()

    def fault(code: str, message: str, field: str = "factor", **values: object) -> None:
        faults.append(Fault(code, message, line.row, field, {"factor": line.factor, **values}))

    named = catalogue.called(line.factor)
    if named is not None and named.boundary not in {Boundary.COMBUSTION, Boundary.UPSTREAM}:
        parts: Sequence[Factor] = (named,)
    else:
        parts = _whole_fuel(catalogue, line.factor, named)
    if not parts:
        _refuse_unknown(line.factor, fault)
        return ()
    burned = line.kind is Kind.RESIDUE and line.fate is Fate.BURNED
    if burned:
        # Its upstream is this very inventory: an internal loop.
        parts = [factor for factor in parts if factor.boundary is Boundary.COMBUSTION]
    gases = {factor.gases for factor in parts}
    if gases & {Gases.CO2, Gases.CH4, Gases.N2O} and not _whole(parts):
        fault(
            "co2_only",
            N_("“%(factor)s”只含 CO2，不含其他温室气体和上游，不能用于产品碳足迹"),
        )
        return ()
    if burned:
        if not parts or not all(factor.biogenic for factor in parts):
            fault("not_a_residue_fuel", N_("“%(factor)s”不是生物质燃烧的因子"))
            return ()
    elif not _fits(line, parts, fault):
        return ()
    wanted = _unit_of(line)
    for factor in parts:
        unit = unit_called(factor.unit)
        assert unit is not None, factor
        if unit.dimension != wanted:
            fault(
                "wrong_unit",
                N_("单位“%(unit)s”不能换算成因子的单位“%(factor_unit)s”"),
                "unit",
                unit=line.unit.symbol,
                factor_unit=factor.unit,
            )
            return ()
    return tuple(parts)


def _refuse_unknown(name: str, fault: Callable[..., None]) -> None:
    known = missing().get(name.partition("@")[0])
    if known is None:
        fault("unknown_factor", N_("没有因子“%(factor)s”"))
    elif known.proxy is None:
        fault(
            "no_default_factor",
            N_("“%(factor)s”没有可引用的缺省因子：请提供供应商的数据和凭证"),
        )
    else:
        fault(
            "no_default_factor",
            N_(
                "“%(factor)s”没有可引用的缺省因子：请提供供应商的数据和凭证，"
                "或改用“%(proxy)s”并标明为替代"
            ),
            proxy=known.proxy,
        )


def _whole_fuel(catalogue: Catalogue, name: str, named: Factor | None) -> Sequence[Factor]:
    """Return all rows about a fuel: what burns, gas by gas, and what came before."""
    subject = named.subject if named is not None else name.partition("@")[0]
    about = [
        factor
        for factor in catalogue.about(subject)
        if factor.boundary in {Boundary.COMBUSTION, Boundary.UPSTREAM}
    ]
    if named is None:
        return about
    return sorted(
        [factor for factor in about if factor.key != named.key] + [named], key=lambda f: f.key
    )


def _whole(parts: Sequence[Factor]) -> bool:
    """Whether rows of single gases make up all gases of a combustion."""
    single = {f.gases for f in parts if f.boundary is Boundary.COMBUSTION}
    return single == {Gases.CO2, Gases.CH4, Gases.N2O}


def _fits(line: Line, parts: Sequence[Factor], fault: Callable[..., None]) -> bool:
    boundaries = {factor.boundary for factor in parts}
    if boundaries == {_FITS.get(line.kind)}:
        return True
    if line.kind is Kind.ENERGY and boundaries == {Boundary.COMBUSTION, Boundary.UPSTREAM}:
        return True
    if line.proxy is not None:
        return True
    if Boundary.COMBUSTION in boundaries:
        fault(
            "upstream_missing",
            N_("“%(factor)s”只到燃烧或行驶为止，缺少上游；可改用其他因子，或标明为替代"),
        )
    else:
        fault(
            "mixed_boundary",
            N_("“%(factor)s”的核算边界（%(boundary)s）与这类行不一致"),
            boundary=", ".join(sorted(str(b) for b in boundaries)),
        )
    return False


def _unit_of(line: Line) -> str:
    return UNITS["tkm"].dimension if line.kind is Kind.TRANSPORT else line.unit.dimension
