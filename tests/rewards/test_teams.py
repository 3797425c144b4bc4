"""Teams: joined by a code, counted from the day of joining, and nobody shown who does not agree."""

from datetime import timedelta
from secrets import token_bytes
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import transaction
from puhui.identity.errors import NotForTheYoung
from puhui.identity.model import Person
from puhui.identity.purpose import Purpose
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.clock import day_of
from puhui.kernel.errors import DomainError, Invalid
from puhui.rewards.errors import (
    GuardianJoins,
    InTeamAlready,
    LeadMustBeAdult,
    LeadStays,
    MemberAnswered,
    NameTaken,
    NoSuchInvitation,
    NoSuchMember,
    NoSuchTeam,
)
from puhui.rewards.queries.teams import Total
from puhui.rewards.service import teams
from puhui.rewards.survival import DeathCause
from puhui.rewards.team import (
    Contribution,
    MemberState,
    TeamDraft,
    TeamKind,
    invitation_code,
    total_is_safe,
)
from tests.makers.identity import SignedIn, person
from tests.makers.rewards import base, planted, reviewed, rulebook
from tests.makers.survival import later, surveyed
from tests.makers.team import agreed, book, code_of, joined, team, withdrawn
from tests.rewards.test_at_once import at_once

pytestmark = pytest.mark.usefixtures("noon", "database")


@pytest.fixture
def li() -> SignedIn:
    return person("李雷")


@pytest.fixture
def wang() -> SignedIn:
    return person("王芳", ("核查中心", Role.VERIFIER))


def done(act, who: SignedIn, *args, **named):
    with transaction() as session:
        return act(session, who.actor, *args, **named, now=clock.now())


def names(who: SignedIn, team_id: UUID) -> set[str | None]:
    found = [one.name for one in book(who, team_id).members]
    assert len(set(found)) == len(found)
    return set(found)


def test_a_total_counts_approved_trees_from_the_day_of_joining(li, wang, settle) -> None:
    rulebook()
    mei = person("韩梅梅")
    before = planted(mei, 4, on=day_of(clock.now()) - timedelta(days=1))
    team_id = team(li)
    joined(mei, team_id)
    for one in (before, planted(mei, 2), planted(li, 3)):
        reviewed(wang, one)
    planted(li, 5)  # nobody has looked at it yet
    settle()
    assert book(li, team_id).total is None  # less one's own three it would be 韩梅梅's two
    agreed(mei, Purpose.TEAM)
    assert book(li, team_id).total == Total(people=2, trees=5, hours=0, points=100)
    shares = {one.name: one.share for one in book(li, team_id).members}
    assert shares["韩梅梅"] == Contribution(mei.person_id, 2, 0, 40)
    withdrawn(mei, Purpose.TEAM)
    assert {one.name: one.share for one in book(li, team_id).members}["韩梅梅"] is None


def test_what_was_never_planted_leaves_the_total(li, wang, settle) -> None:
    rulebook()
    team_id = team(li)
    planting_id = planted(li, 10)
    reviewed(wang, planting_id)
    settle()
    with later(365):
        surveyed(wang, planting_id, 6, deaths={DeathCause.DROUGHT: 1, DeathCause.NEVER_PLANTED: 3})
        settle()
        # 10 - 3 trees at 20 points, and 6 living at 5; what died was planted all the same.
        assert book(li, team_id).total == Total(people=1, trees=7, hours=0, points=170)


def test_one_who_left_stays_in_the_total_without_a_name_and_adds_nothing_more(
    li, wang, settle
) -> None:
    rulebook()
    mei, second = person("韩梅梅"), person("林涛")
    team_id = team(li)
    place, _ = joined(mei, team_id), joined(second, team_id)
    for one in (planted(mei, 2), planted(second, 1)):
        reviewed(wang, one)
    settle()
    for _ in range(2):
        left = done(teams.leave, mei, place.membership_id)
    assert left.state is MemberState.LEFT
    with clock.stopped(clock.now() + timedelta(days=1)):
        reviewed(wang, planted(mei, 7))
        settle()
        assert names(li, team_id) == {"李雷", "林涛"}
        assert book(li, team_id).total == Total(people=2, trees=3, hours=0, points=60)
        with pytest.raises(NoSuchTeam):
            book(mei, team_id)


def test_coming_back_on_the_same_day_counts_a_tree_once(li, wang, settle) -> None:
    rulebook()
    mei = person("韩梅梅")
    team_id = team(li)
    done(teams.leave, mei, joined(mei, team_id).membership_id)
    joined(mei, team_id)
    reviewed(wang, planted(mei, 2))
    settle()
    agreed(mei, Purpose.TEAM)
    total = book(li, team_id).total
    assert total is not None
    assert total.trees == 2


def test_a_lead_who_asks_first_lets_in_or_not(li) -> None:
    team_id = team(li, asks_first=True)
    mei, stranger = person("韩梅梅"), person("路人")
    place = joined(mei, team_id)
    assert place.state is MemberState.ASKED
    assert [one.name for one in book(li, team_id).waiting] == ["韩梅梅"]
    with pytest.raises(NoSuchTeam):
        book(mei, team_id)
    with pytest.raises(NoSuchMember):
        done(teams.answer, stranger, place.membership_id, accepted=True)
    for _ in range(2):
        answered = done(teams.answer, li, place.membership_id, accepted=True)
    assert (answered.state, answered.counts_from) == (MemberState.MEMBER, day_of(clock.now()))
    with pytest.raises(MemberAnswered):
        done(teams.answer, li, place.membership_id, accepted=False)
    asked = joined(stranger, team_id)
    assert done(teams.answer, li, asked.membership_id, accepted=False).state is MemberState.LEFT


def test_a_renewed_code_ends_the_one_before(li) -> None:
    team_id, renewal = team(li), uuid4()
    old = code_of(team_id)
    with transaction() as session:
        new = [
            teams.renew_invitation(
                session, li.actor, team_id, renewal, token_bytes(10), clock.now()
            )
            for _ in range(2)
        ]
    assert new == [code_of(team_id)] * 2 != [old] * 2
    mei = person("韩梅梅")
    with pytest.raises(NoSuchInvitation):
        done(teams.ask_to_join, mei, uuid4(), old, None)
    spoken = f"{new[0][:5]}-{new[0][5:]}".lower()
    assert done(teams.ask_to_join, mei, uuid4(), spoken, None).state is MemberState.MEMBER
    with pytest.raises(NoSuchTeam), transaction() as session:
        teams.renew_invitation(session, mei.actor, team_id, uuid4(), token_bytes(10), clock.now())


def test_eight_clicks_at_once_are_one_membership(li) -> None:
    team_id, mei, name = team(li), person("韩梅梅"), uuid4()
    results = at_once(lambda _: joined(mei, team_id, name=name))
    assert len({one.membership_id for one in results}) == 1
    assert names(li, team_id) == {"李雷", "韩梅梅"}
    others = at_once(lambda _: joined(mei, team_id))
    assert all(isinstance(one, InTeamAlready) for one in others)


def test_one_village_and_one_school_at_a_time(li) -> None:
    mei = person("韩梅梅")
    joined(mei, team(li))
    joined(mei, team(li, "将乐一中", TeamKind.SCHOOL))
    with pytest.raises(InTeamAlready):
        joined(mei, team(person("周"), "高唐镇"))


def test_the_young_are_named_to_lead_and_guardian_alone(li) -> None:
    pupil, mei = person("小明", birth_year=2010), person("韩梅梅")
    team_id = team(li, "将乐一中", TeamKind.SCHOOL)
    joined(pupil, team_id)
    joined(mei, team_id)
    assert names(mei, team_id) == {"李雷", None, "韩梅梅"}
    assert book(mei, team_id).unnamed == 1
    assert names(li, team_id) == {"李雷", "小明", "韩梅梅"}
    assert "小明" in names(pupil, team_id)
    with pytest.raises(NotForTheYoung):
        agreed(pupil, Purpose.TEAM)
    with pytest.raises(LeadMustBeAdult):
        team(pupil, "少年队")


def test_a_child_joins_by_its_guardians_hand_and_is_seen_by_the_guardian(li) -> None:
    child, mother = person("小红", birth_year=2018), person("妈妈")
    with transaction() as session:
        session.get_one(Person, child.person_id).guardian_id = mother.person_id
    team_id = team(li, "将乐小学", TeamKind.SCHOOL)
    with pytest.raises(GuardianJoins):
        joined(child, team_id)
    with pytest.raises(NoSuchMember):
        joined(person("路人"), team_id, child=child.person_id)
    place = joined(mother, team_id, child=child.person_id)
    assert names(mother, team_id) == {"李雷", "小红"}
    assert done(teams.leave, child, place.membership_id).state is MemberState.LEFT


def test_a_lead_hands_over_before_leaving_and_the_last_one_closes_the_team(li) -> None:
    team_id = team(li)
    mei, pupil = person("韩梅梅"), person("小明", birth_year=2010)
    hers, his = joined(mei, team_id), joined(pupil, team_id)
    own = book(li, team_id).members[0].membership.membership_id
    with pytest.raises(LeadStays):
        done(teams.leave, li, own)
    with pytest.raises(LeadMustBeAdult):
        done(teams.hand_over, li, team_id, his.membership_id)
    for _ in range(2):
        assert not done(teams.hand_over, li, team_id, hers.membership_id).is_lead
    with pytest.raises(NoSuchMember):
        done(teams.leave, li, his.membership_id)
    done(teams.leave, li, own)
    done(teams.leave, mei, his.membership_id)
    assert done(teams.leave, mei, hers.membership_id).state is MemberState.LEFT
    with pytest.raises(NoSuchInvitation):
        joined(li, team_id)


def test_a_team_names_every_fault_and_keeps_its_kind(li) -> None:
    with pytest.raises(Invalid) as refusal, transaction() as session:
        draft = TeamDraft(TeamKind.COMPANY, "队", "350499", uuid4())
        teams.make_team(session, li.actor, uuid4(), draft, token_bytes(10), clock.now())
    assert [fault.field for fault in refusal.value.faults] == [
        "name", "county_code", "organisation_id",
    ]  # fmt: skip
    team_id = team(li)
    changed = TeamDraft(TeamKind.SCHOOL, "常口小学", "350428")
    with pytest.raises(Invalid):
        done(teams.describe_team, li, team_id, changed)
    with pytest.raises(NameTaken):
        done(teams.make_team, person("路人"), team_id, changed, drawn=token_bytes(10))


def test_the_database_refuses_a_second_village_and_a_changed_past(li) -> None:
    team_id, other = team(li), team(person("周"), "高唐镇")
    for statement in (
        "INSERT INTO rewards_membership (membership_id, team_id, kind, person_id, asked_by,"
        " asked_at) SELECT gen_random_uuid(), :other, kind, person_id, asked_by, asked_at"
        " FROM rewards_membership WHERE team_id = :team",
        "UPDATE rewards_membership SET counts_from = counts_from - 1 WHERE team_id = :team",
        "UPDATE rewards_team SET kind = 'school' WHERE team_id IN (:team, :other)",
        "DELETE FROM rewards_membership WHERE team_id = :team",
    ):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(
                text(statement).bindparams(),
                {"team": team_id, **({"other": other} if ":other" in statement else {})},
            )


def test_a_total_is_hidden_while_one_alone_would_be_seen_through() -> None:
    li, mei, tao, viewer = (UUID(int=n) for n in range(4))
    assert total_is_safe([viewer], [], viewer)
    assert not total_is_safe([viewer, li], [], viewer)
    assert total_is_safe([viewer, li, mei], [], viewer)
    assert not total_is_safe([viewer, li, mei, tao], [li, mei], viewer)
    assert total_is_safe([viewer, li, mei], [li, mei], viewer)


def test_an_invitation_has_no_letters_that_are_mistaken() -> None:
    assert invitation_code(bytes(range(10))) == "0123456789"
    assert set("OILU").isdisjoint(invitation_code(bytes([255] * 10)))


def test_the_pages_make_join_and_leave_a_team_without_script(client, li) -> None:
    client.set_cookie("puhui_session", li.token)
    form = {"form_name": str(uuid4()), "kind": "village", "name": "常口村植树队",
            "county_code": "350428", "asks_first": "true"}  # fmt: skip
    assert client.post("/teams/new", data={**form, "name": "队"}).status_code == 422
    sent = client.post("/teams/new", data=form)
    assert sent.status_code == 303
    team_id = UUID(sent.location.rsplit("/", 1)[-1])
    code = code_of(team_id)
    assert code in client.get(sent.location).text
    described = {**form, "asks_first": "false", "ranked": "true"}
    assert client.post(f"{sent.location}/description", data=described).status_code == 303
    assert client.post(f"{sent.location}/description", data={**form, "name": ""}).status_code == 422
    mei = person("韩梅梅")
    client.delete_cookie("puhui_session")
    assert "常口村植树队" not in client.get(f"/join/{code}").text
    assert client.get("/join/0000000000").status_code == 404
    client.set_cookie("puhui_session", mei.token)
    assert client.post("/teams", data={"code": code.lower()}).location.endswith(f"/join/{code}")
    assert client.post("/teams", data={"code": "nonsense"}).status_code == 404
    assert "常口村植树队" in client.get(f"/join/{code}").text
    join = {"form_name": str(uuid4())}
    for _ in range(2):
        assert client.post(f"/join/{code}", data=join).status_code == 303
    assert client.post(f"/join/{code}", data={"form_name": str(uuid4())}).status_code == 409
    page = client.get(sent.location).text
    assert "李雷" in page
    assert code not in page
    place = next(one for one in book(mei, team_id).members if one.is_own).membership
    assert client.post(f"{sent.location}/leave/{place.membership_id}").status_code == 303
    assert client.get(sent.location).status_code == 404


def test_a_full_burst_of_joins_never_exceeds_what_a_team_takes(li, monkeypatch) -> None:
    monkeypatch.setattr("puhui.rewards.team.MOST_MEMBERS", 3)
    team_id, people = team(li), [person(f"市民{n}") for n in range(8)]
    results = at_once(lambda n: joined(people[n], team_id))
    assert sum(not isinstance(one, DomainError) for one in results) == 2
    assert book(li, team_id).team.members == 3


def test_a_first_planting_is_offered_where_the_team_is_at_home(client, li) -> None:
    elsewhere, home = base("鼓楼区植树点", county="350102"), base()
    client.set_cookie("puhui_session", li.token)
    assert f'<option value="{elsewhere}" selected>' in client.get("/plantings/new").text
    joined(li, team(person("郑山")))
    assert f'<option value="{home}" selected>' in client.get("/plantings/new").text
    asked = client.get(f"/plantings/new?base={elsewhere}").text
    assert f'<option value="{elsewhere}" selected>' in asked
