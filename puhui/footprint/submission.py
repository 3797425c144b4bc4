"""An inventory as it comes from a form, a JSON body or a spreadsheet, and how it is read.

`read` names every fault by row and field at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from puhui.footprint.fields import Fields
from puhui.footprint.inventory import (
    BEYOND_GATE,
    SHARED,
    Bearer,
    Each,
    Fate,
    Inventory,
    Kind,
    Line,
    Reach,
    Stage,
    Supplier,
)
from puhui.kernel.errors import Fault
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_


@dataclass(frozen=True)
class Submitted:
    """An inventory as it came, unread: its head, and each line with the row that it stands in."""

    head: Mapping[str, object]
    lines: Sequence[tuple[int, Mapping[str, object]]]

    @classmethod
    def of_json(cls, content: Mapping[str, object]) -> "Submitted":
        """Return what a JSON object says, rows counted from 1.

        Raises:
            KeyError, TypeError, ValueError: it has no list of objects called `lines`.
        """
        head = dict(content)
        lines = head.pop("lines")
        if not isinstance(lines, list):
            raise TypeError(type(lines))
        return cls(head, [(row, dict(cells)) for row, cells in enumerate(lines, start=1)])


HEAD_FIELDS = ("declared_unit", "output", "reach", "period_from", "period_to", "gap_reason")
LINE_FIELDS = (
    "stage",
    "kind",
    "name",
    "amount",
    "unit",
    "factor",
    "supplier_kg_per_unit",
    "supplier_document",
    "proxy",
    "distance_km",
    "moisture_percent",
    "bamboo_percent",
    "fate",
    "borne_by",
    "each",
    "each_unit",
    "income_cny",
    "pedigree",
)
MOST_LINES = 20_000
_MASSES = frozenset({Kind.BAMBOO, Kind.RESIDUE, Kind.WASTE, Kind.PRODUCT})
_NEEDS_BASIS = frozenset(Kind) - {Kind.PRODUCT, Kind.RESIDUE, Kind.BAMBOO}
_STAGES_OF: Mapping[Kind, frozenset[Stage]] = {
    Kind.BAMBOO: frozenset({Stage.RAW_MATERIAL}),
    Kind.RESIDUE: frozenset({Stage.MANUFACTURE}),
    Kind.PRODUCT: frozenset({Stage.MANUFACTURE}),
    Kind.PACKAGING: frozenset({Stage.PACKAGING}),
    Kind.LAND_USE: frozenset({Stage.RAW_MATERIAL}),
}


def read(submitted: Submitted) -> tuple[Inventory | None, list[Fault]]:
    """Return the inventory that was submitted, or None and everything that is wrong with it.

    Values are text; an empty one is the same as one not given.
    """
    faults: list[Fault] = []
    described = Fields(submitted.head, None, HEAD_FIELDS, faults)
    unit = described.unit("declared_unit")
    output = described.positive("output")
    reach = described.choice("reach", Reach)
    period_from, period_to = described.day("period_from"), described.day("period_to")
    gap_reason = described.optional_text("gap_reason")
    if period_from and period_to and period_from > period_to:
        described.fault("period_backwards", N_("期间的起止日期颠倒"), "period_to")
    lines, of_lines = read_lines(submitted)
    faults += of_lines
    faults += _beyond_boundary(lines, reach)
    if not of_lines:
        # A line that cannot be read may be the very one that seems to be missing.
        faults += _missing_lines(lines, reach)
    if faults or unit is None or output is None or reach is None:
        return None, faults
    assert period_from is not None, submitted.head
    assert period_to is not None, submitted.head
    return (
        Inventory(unit, output, reach, period_from, period_to, tuple(lines), gap_reason),
        faults,
    )


def read_lines(submitted: Submitted) -> tuple[list[Line], list[Fault]]:
    """Return the lines that can be read, and everything that is wrong with the others."""
    if len(submitted.lines) > MOST_LINES:
        message = N_("清单最多 %(most)s 行")
        return [], [Fault("too_many_lines", message, field="lines", values={"most": MOST_LINES})]
    faults: list[Fault] = []
    lines = [_line(row, cells, faults) for row, cells in submitted.lines]
    return [line for line in lines if line is not None], faults


def as_submitted(inventory: Inventory) -> dict[str, object]:
    """Return the inventory as JSON: the form that `read` reads, rows counted from 1."""
    return {
        "declared_unit": inventory.declared_unit.symbol,
        "output": plain(inventory.output),
        "reach": str(inventory.reach),
        "period_from": inventory.period_from.isoformat(),
        "period_to": inventory.period_to.isoformat(),
        **({"gap_reason": inventory.gap_reason} if inventory.gap_reason else {}),
        "lines": [dict(_cells(line)) for line in inventory.lines],
    }


def _cells(line: Line) -> Iterator[tuple[str, str]]:
    yield "stage", str(line.stage)
    yield "kind", str(line.kind)
    yield "name", line.name
    yield "amount", plain(line.amount)
    yield "unit", line.unit.symbol
    if line.factor is not None:
        yield "factor", line.factor
    if line.supplier is not None:
        yield "supplier_kg_per_unit", plain(line.supplier.kg_per_unit)
        yield "supplier_document", line.supplier.document
    if line.proxy is not None:
        yield "proxy", line.proxy
    for field in ("distance_km", "moisture_percent", "bamboo_percent"):
        number = getattr(line, field)
        if number is not None:
            yield field, plain(number)
    if line.fate is not None:
        yield "fate", str(line.fate)
    if line.borne_by is not None:
        yield "borne_by", str(line.borne_by)
    if line.each is not None:
        yield "each", plain(line.each.amount)
        yield "each_unit", line.each.unit.symbol
    if line.income_cny is not None:
        yield "income_cny", plain(line.income_cny)
    if line.pedigree is not None:
        yield "pedigree", " ".join(str(score) for score in line.pedigree)


def _line(row: int, cells: Mapping[str, object], faults: list[Fault]) -> Line | None:
    before = len(faults)
    fields = Fields(cells, row, LINE_FIELDS, faults)
    kind = fields.choice("kind", Kind)
    stage = fields.choice("stage", Stage)
    name = fields.text("name")
    amount = fields.positive("amount")
    unit = fields.unit("unit")
    factor = fields.optional_text("factor")
    proxy = fields.optional_text("proxy")
    figure = fields.number("supplier_kg_per_unit")
    document = fields.optional_text("supplier_document")
    distance = fields.number("distance_km")
    moisture = fields.number("moisture_percent")
    bamboo = fields.number("bamboo_percent")
    fate = fields.choice("fate", Fate, needed=kind is Kind.RESIDUE)
    borne_by = fields.choice("borne_by", Bearer, needed=False)
    each = _each(fields)
    income = fields.positive("income_cny") if fields.given("income_cny") else None
    pedigree = fields.scores("pedigree")
    if len(faults) > before:
        return None
    assert kind is not None
    assert stage is not None
    assert name is not None
    assert amount is not None
    assert unit is not None

    if stage not in _STAGES_OF.get(kind, frozenset(Stage)):
        fields.fault("wrong_stage", N_("这类行不能放在这个阶段"), "stage")
    measured = unit if each is None else each.unit
    if kind in _MASSES and measured.dimension != "mass":
        fields.fault(
            "not_a_mass",
            N_("须填写质量，例如 kg 或 t；按根、张、m³ 计的，请填写每单位折合多少 kg"),
            "unit" if each is None else "each_unit",
        )
    if (figure is None) != (document is None):
        fields.fault(
            "supplier_incomplete",
            N_("供应商数据须同时给出数值和文件依据"),
            "supplier_kg_per_unit" if figure is None else "supplier_document",
        )
    if factor is not None and figure is not None:
        fields.fault("two_bases", N_("因子与供应商数据只能选一种"), "factor")
    if proxy is not None and factor is None:
        fields.fault("proxy_without_factor", N_("替代说明须与所用因子一起填写"), "proxy")
    burdened = kind in _NEEDS_BASIS or (kind is Kind.RESIDUE and fate is not Fate.SOLD)
    if burdened and factor is None and figure is None:
        fields.fault(
            "no_factor",
            N_("没有因子：请选择因子，或填写供应商数据及其文件，或标明替代因子"),
            "factor",
        )
    if not burdened and kind is not Kind.BAMBOO and (factor is not None or figure is not None):
        fields.fault("factor_not_used", N_("这一行不产生排放，不应填写因子"), "factor")
    if kind is Kind.LAND_USE and factor is not None:
        fields.fault("land_use_by_supplier", N_("土地利用变化须填写数值及其文件"), "factor")
    if kind is Kind.RESIDUE and fate is Fate.BURNED and figure is not None:
        fields.fault("burning_needs_gases", N_("厂内燃烧须使用分气体的因子"), "factor")
    if kind in {Kind.BAMBOO, Kind.RESIDUE, Kind.PRODUCT} and moisture is None:
        fields.fault(
            "no_moisture", N_("请填写含水率（以绝干质量为基准的百分数）"), "moisture_percent"
        )
    if kind is Kind.PRODUCT and bamboo is None:
        fields.fault("no_bamboo_share", N_("请填写绝干质量中竹材所占百分比"), "bamboo_percent")
    if bamboo is not None and bamboo > 100:
        fields.fault("over_hundred", N_("不能超过 100"), "bamboo_percent")
    if moisture is not None and moisture > 300:
        fields.fault("moisture_impossible", N_("含水率过高"), "moisture_percent")
    if borne_by is not None and (stage not in SHARED or kind is Kind.PRODUCT):
        fields.fault("bears_nothing", N_("这个阶段不与剩余物分担，不要填写"), "borne_by")
    if income is not None and kind is not Kind.PRODUCT and fate is not Fate.SOLD:
        fields.fault("earns_nothing", N_("只有产品和出售的剩余物才填写收入"), "income_cny")
    if pedigree is not None and figure is None:
        fields.fault("nothing_to_score", N_("没有供应商数据，不要填写数据质量"), "pedigree")
    freight = measured.dimension == "freight"
    if kind is Kind.TRANSPORT:
        if not freight and measured.dimension != "mass":
            fields.fault("not_freight", N_("运输须填写 t·km，或填写质量和里程"), "unit")
        elif freight == (distance is not None):
            fields.fault(
                "distance_twice" if freight else "no_distance",
                N_("已按 t·km 填写，不要再填里程") if freight else N_("请填写里程（km）"),
                "distance_km",
            )
    elif distance is not None:
        fields.fault("not_transport", N_("只有运输行才填写里程"), "distance_km")
    if len(faults) > before:
        return None
    return Line(
        row=row,
        stage=stage,
        kind=kind,
        name=name,
        amount=amount,
        unit=unit,
        factor=factor,
        supplier=None if figure is None or document is None else Supplier(figure, document),
        proxy=proxy,
        distance_km=distance,
        moisture_percent=moisture,
        bamboo_percent=bamboo,
        fate=fate,
        borne_by=borne_by,
        each=each,
        income_cny=income,
        pedigree=pedigree,
    )


def _each(fields: Fields) -> Each | None:
    """Return what one of a thing is, or None when the line does not say."""
    if not fields.given("each") and not fields.given("each_unit"):
        return None
    amount, unit = fields.positive("each"), fields.unit("each_unit")
    return None if amount is None or unit is None else Each(amount, unit)


def _beyond_boundary(lines: Sequence[Line], reach: Reach | None) -> Iterator[Fault]:
    message = N_("核算边界只到工厂大门，这一行在边界之外")
    for line in lines:
        if reach is Reach.CRADLE_TO_GATE and line.stage in BEYOND_GATE:
            yield Fault("beyond_boundary", message, line.row, "stage")


def _missing_lines(lines: Sequence[Line], reach: Reach | None) -> Iterator[Fault]:
    if not any(line.kind is Kind.PRODUCT for line in lines):
        yield Fault("no_product", N_("缺少“产出产品”行"), field="lines")
    if not any(line.kind is Kind.ENERGY and line.stage is Stage.RAW_MATERIAL for line in lines):
        # Bamboo grows by itself; felling it takes fuel, and that has to stand somewhere.
        for line in lines:
            if line.kind is Kind.BAMBOO and line.factor is None and line.supplier is None:
                yield Fault(
                    "no_felling",
                    N_("竹材没有因子，也没有“原材料获取”阶段的采伐用能行"),
                    line.row,
                    "factor",
                )
    if reach is Reach.CRADLE_TO_GRAVE:
        stages = {line.stage for line in lines}
        for stage, message in (
            (Stage.DISTRIBUTION, N_("核算到坟墓，但缺少“销售运输”阶段")),
            (Stage.END_OF_LIFE, N_("核算到坟墓，但缺少“废弃处置”阶段")),
        ):
            if stage not in stages:
                yield Fault("stage_missing", message, field="lines")
