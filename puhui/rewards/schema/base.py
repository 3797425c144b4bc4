"""Planting bases and species on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.base import BaseDraft
from puhui.rewards.species import Form
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Code,
    Enum,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
)

SPECIES: dict[str, Any] = {"pattern": "[a-z_]+", "most": 64, "example": "cinnamomum_camphora"}
COUNTY: dict[str, Any] = {"pattern": "[0-9]{6}", "most": 6, "example": "350428"}
MOST_SPECIES = 100


class SpeciesSchema(Schema):
    """A species of the catalogue."""

    key = Code(**SPECIES, required=True)
    name_zh = Text(60, required=True, example="樟")
    name_en = Text(60, required=True, example="Camphor tree")
    scientific_name = Text(80, required=True, example="Cinnamomum camphora")
    form = Enum(Form, required=True)


SpeciesPageSchema = page_schema(SpeciesSchema)


class BaseDraftSchema(Schema):
    """A planting base as an operator registers it."""

    name_zh = Text(80, required=True, example="常口村义务植树基地")
    name_en = Text(120, required=True, example="Changkou planting base")
    county_code = Code(**COUNTY, required=True, description="县级行政区划代码（GB/T 2260）")
    address_zh = Text(200, required=True, example="福建省三明市将乐县高唐镇常口村")
    address_en = Text(200, required=True, example="Changkou, Gaotang, Jiangle, Sanming, Fujian")
    area_m2 = Whole(minimum=1, maximum=1_000_000_000, required=True, example=20_000)
    species = List(
        Code(**SPECIES),
        least=1,
        most=MOST_SPECIES,
        required=True,
        metadata={"example": ["cinnamomum_camphora"]},
    )
    season_from = Whole(minimum=1, maximum=12, required=True, description="植树季首月")
    season_until = Whole(minimum=1, maximum=12, required=True, description="植树季末月")
    organisation_id = Uuid(allow_none=True, load_default=None, description="管护单位")

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> BaseDraft:
        return BaseDraft(**{**values, "species": tuple(values["species"])})


class BaseSchema(Schema):
    """A planting base."""

    base_id = Uuid(required=True)
    name_zh = Text(80, required=True)
    name_en = Text(120, required=True)
    county_code = Code(**COUNTY, required=True)
    address_zh = Text(200, required=True)
    address_en = Text(200, required=True)
    area_m2 = Whole(required=True)
    species = List(Nested(SpeciesSchema), most=MOST_SPECIES, required=True)
    season_from = Whole(minimum=1, maximum=12, required=True)
    season_until = Whole(minimum=1, maximum=12, required=True)
    organisation_id = Uuid(required=True, allow_none=True)


BasePageSchema = page_schema(BaseSchema)
