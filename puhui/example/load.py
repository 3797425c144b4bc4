"""Furnish an empty database with the example province; again changes nothing."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits import service as credits
from puhui.example.gathering import load_conference
from puhui.example.people import ORGANISATIONS, PEOPLE, example_id
from puhui.factors import service as factors
from puhui.identity import queries as identity
from puhui.identity.service import console
from puhui.rewards.base import BaseDraft
from puhui.rewards.service import bases, duties, rules, thresholds

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def load(session: Session, now: datetime) -> None:
    """Load factors, rules of points, people, planting bases, credits and a conference."""
    factors.load_library(session, now)
    rules.load_rules(session, now)
    duties.load_parameters(session, now)
    thresholds.load_thresholds(session, now)
    organisations = {
        one.key: console.ensure_organisation(
            session,
            one.uscc,
            one.name,
            one.roles,
            now,
            name_en=one.name_en,
            county_code=one.county_code,
            organisation_id=example_id(f"organisation {one.key}"),
        )
        for one in ORGANISATIONS
    }
    people = {
        one.key: console.ensure_person(
            session,
            one.phone,
            one.name,
            one.birth_year,
            now,
            roles=[(organisations[where], role) for where, role in one.roles],
            password=one.password,
            person_id=example_id(f"person {one.key}"),
        )
        for one in PEOPLE
    }
    session.flush()
    for found in json.loads((EXAMPLES / "bases.json").read_text(encoding="utf-8")):
        base_id = UUID(found.pop("base_id"))
        bases.ensure_base(
            session, base_id, BaseDraft(**{**found, "species": tuple(found["species"])}), now
        )
    operator = identity.actor_of_person(session, people["zhou"])
    credits.import_file(
        session,
        operator,
        example_id("credits on record"),
        (EXAMPLES / "credits.csv").read_text(encoding="utf-8"),
        now,
    )
    organiser = identity.actor_of_person(session, people["huang"])
    load_conference(session, organiser, organisations["organiser"], EXAMPLES, now)
