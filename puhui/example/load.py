"""Furnish an empty database with the example province; again changes nothing."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits import service as credits
from puhui.credits.project import ProjectRevision, said_by
from puhui.credits.queries import projects
from puhui.example.gathering import load_conference
from puhui.example.money import load_money
from puhui.example.people import ORGANISATIONS, PEOPLE, example_id
from puhui.example.shop import furnish
from puhui.example.together import load_together
from puhui.factors import service as factors
from puhui.identity import queries as identity
from puhui.identity.service import console
from puhui.kernel.clock import day_of
from puhui.rewards.base import BaseDraft
from puhui.rewards.rulebook import shipped
from puhui.rewards.service import bases, duties, rules, thresholds

CAMPAIGN = replace(
    next(rule for rule in shipped() if rule.citation == "planting@2026.1"),
    version="2027.arbor",
    points_per_unit=30,
    valid_from=date(2027, 3, 1),
    valid_until=date(2027, 3, 31),
    name_zh="植树节植树",
    name_en="Planting around Arbor Day",
    reason_zh="三月植树每株 30 积分，多谢一份；与碳减排量无关。"
    "每日、每年的上限不变，四月起恢复原来的规则。",
    reason_en="30 points a tree in March, a little more thanks; not a measure of carbon."
    " The limits stay, and from April the earlier rule holds again.",
)
"""A change that is announced, so that a newcomer sees one under the rules of points."""

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

JOINED = timedelta(days=30)
"""How long ago the people joined: long enough for whatever is kept from new accounts."""


def load(session: Session, now: datetime) -> None:
    """Load factors, rules, people, bases, credits, a purchase, the shop and a conference."""
    factors.load_library(session, now)
    rules.load_rules(session, now)
    if day_of(now) < CAMPAIGN.valid_from:
        rules.load_rules(session, now, [CAMPAIGN])
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
            now - JOINED,
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
    known = projects.project(session, "JL-CHANGKOU")
    assert known is not None, "the file of credits has the village"
    credits.revise_project(
        session,
        operator,
        known.code,
        ProjectRevision(
            **said_by(known)
            | {
                "method_en": "Forestry carbon tickets (rules of Sanming; net removal from 2016 to"
                " 2020)",
                "why": "补充方法的英文",
            }
        ),
        now,
    )
    furnish(session, organisations, people, now)
    buyer = identity.actor_of_person(session, people["huang"])
    load_money(session, buyer, operator, organisations["organiser"], now)
    load_together(session, people, now)
    load_conference(session, buyer, organisations["organiser"], EXAMPLES, now)
