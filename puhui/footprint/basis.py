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
    grid: Factor | None = None
    """The factor of the maker's own provincial grid, to see what it would change. Never counted:
    it is CO2 alone, of generation alone."""

    @property
    def factors(self) -> Mapping[str, Factor]:
        """Every factor used, by citation."""
        return {factor.citation: factor for parts in self.parts for factor in parts}


FUEL = frozenset({Boundary.COMBUSTION, Boundary.UPSTREAM})
"""A fuel has rows of both, and one of them alone is not the whole of it."""
GRID = "grid.lifecycle"
_FITS: Mapping[Kind, Boundary] = {
    Kind.BAMBOO: Boundary.CRADLE_TO_GATE,
    Kind.MATERIAL: Boundary.CRADLE_TO_GATE,
    Kind.PACKAGING: Boundary.CRADLE_TO_GATE,
    Kind.ENERGY: Boundary.LIFE_CYCLE,
    Kind.TRANSPORT: Boundary.LIFE_CYCLE,
    Kind.WASTE: Boundary.TREATMENT,
    Kind.RESIDUE: Boundary.TREATMENT,
}


def resolve(
    inventory: Inventory, catalogue: Catalogue, grid: Factor | None = None
) -> tuple[Based, list[Fault]]:
    """Return the inventory with its factors, and a fault for each line whose factor fails."""
    parts, faults = resolve_lines(inventory.lines, catalogue)
    powered = any(is_grid(factor) for found in parts for factor in found)
    return Based(inventory, parts, grid if powered else None), faults


def grid_key(region: str) -> str:
    """Return the key of a province's grid factor: `CN-FJ` has `grid.cn-fj.co2`."""
    return f"grid.{region.lower()}.co2"


def is_grid(factor: Factor) -> bool:
    """Whether it is the mix of a public grid, over its whole life cycle."""
    return factor.subject == GRID


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
    parts, rivals = _candidates(catalogue, line, named)
    if rivals:
        fault(
            "ambiguous_factor",
            N_("“%(factor)s”对应多个因子（%(matches)s），请写明其中一个"),
            matches=", ".join(rivals),
        )
        return ()
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
        if _measures(factor) != wanted:
            fault(
                "wrong_unit",
                N_("单位“%(unit)s”不能换算成因子的单位“%(factor_unit)s”；请填写每单位折合多少"),
                "unit" if line.each is None else "each_unit",
                unit=line.measured[1].symbol,
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


def _candidates(
    catalogue: Catalogue, line: Line, named: Factor | None
) -> tuple[Sequence[Factor], Sequence[str]]:
    """Return the factors that a line's name stands for, and, if it stands for rivals, those."""
    assert line.factor is not None, line
    if named is not None and named.boundary not in FUEL:
        return (named,), ()
    subject = named.subject if named is not None else line.factor.partition("@")[0]
    about = catalogue.about(subject)
    if named is None and not any(factor.boundary in FUEL for factor in about):
        return about, [factor.citation for factor in about] if len(about) > 1 else ()
    return _whole_fuel([factor for factor in about if factor.boundary in FUEL], line, named)


def _whole_fuel(
    about: Sequence[Factor], line: Line, named: Factor | None
) -> tuple[Sequence[Factor], Sequence[str]]:
    """Return all rows about a fuel, what burns, gas by gas, and what came before; or rivals.

    Rows rival each other when they tell the same gas of the same boundary, or when one tells all
    gases together and another one of them. The named row beats its rivals; rows that the line's
    unit does not reach are out of the race.
    """
    reached = [factor for factor in about if _measures(factor) == _unit_of(line)] or about
    if named is not None:
        reached = [factor for factor in reached if not _rival(factor, named)] + [named]
    reached = sorted(reached, key=lambda factor: factor.key)
    rivals = {
        one.citation
        for one in reached
        for other in reached
        if one is not other and _rival(one, other)
    }
    return reached, sorted(rivals)


def _rival(one: Factor, other: Factor) -> bool:
    if one.key == other.key:
        return True
    together = Gases.CO2E in {one.gases, other.gases}
    return one.boundary is other.boundary and (one.gases is other.gases or together)


def _measures(factor: Factor) -> str:
    unit = unit_called(factor.unit)
    assert unit is not None, factor
    return unit.dimension


def _whole(parts: Sequence[Factor]) -> bool:
    """Whether rows of single gases make up all gases of a combustion."""
    single = {f.gases for f in parts if f.boundary is Boundary.COMBUSTION}
    return single == {Gases.CO2, Gases.CH4, Gases.N2O}


def fits(line: Line, parts: Sequence[Factor]) -> bool:
    """Whether the factors begin and end where this kind of line asks them to."""
    boundaries = {factor.boundary for factor in parts}
    if line.kind is Kind.RESIDUE and line.fate is Fate.BURNED:
        return boundaries == {Boundary.COMBUSTION}
    if line.kind is Kind.ENERGY and boundaries == FUEL:
        return True
    return boundaries == {_FITS.get(line.kind)}


def _fits(line: Line, parts: Sequence[Factor], fault: Callable[..., None]) -> bool:
    boundaries = {factor.boundary for factor in parts}
    if fits(line, parts) or line.proxy is not None:
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
    return UNITS["tkm"].dimension if line.kind is Kind.TRANSPORT else line.measured[1].dimension
