"""On a phone: a rule is drafted, looked over and published; held claims and shops can be read."""

import os
from collections.abc import Callable
from datetime import timedelta
from secrets import token_bytes
from uuid import uuid4

from playwright.sync_api import Page, expect

from puhui.db.session import transaction
from puhui.kernel.actor import Role
from puhui.kernel.clock import day_of, now
from puhui.rewards.claim_signal import ClaimFacts
from puhui.rewards.service.awards import award_purchase
from puhui.rewards.service.claims import Unit, weigh_claim
from tests.makers.browser import sign_in
from tests.makers.identity import organisation, person
from tests.makers.rewards import rulebook


def test_rules_are_drafted_and_claims_decided_on_a_phone(
    live: str, page: Page, accessible: Callable[[Page], None]
) -> None:
    rulebook()
    li, clerk = person("李雷"), person("运营甲", ("平台", Role.OPERATOR))
    unit = Unit(uuid4(), li.person_id, uuid4(), organisation("武夷商店"), "0" * 26, now())
    facts = ClaimFacts(
        now(), sold_at=now() - timedelta(minutes=5), buyer_day=11, shop_claimed_closed=3
    )
    with transaction() as session:
        award_purchase(session, unit.serial_id, unit.product_id, li.person_id, now())
        weigh_claim(session, unit, facts, now(), token_bytes(32))
    sign_in(page, clerk)

    page.goto("/rules/drafts?key=planting")
    accessible(page)
    page.get_by_label("版本号").fill("2099.1")
    page.get_by_label("每单位积分").fill("25")
    page.get_by_label("生效日期").fill((day_of(now()) + timedelta(days=40)).isoformat())
    page.get_by_role("button", name="看看改了什么").click()
    expect(page.get_by_text("每单位 20 积分改为 25 积分")).to_be_visible()
    accessible(page)
    _picture(page, "preview")
    page.get_by_role("button", name="公布").click()
    expect(page.get_by_role("heading", name="即将变更")).to_be_visible()
    expect(page.get_by_text("每单位 20 积分改为 25 积分")).to_be_visible()
    accessible(page)
    _picture(page, "rules")

    page.goto("/review/shops")
    expect(page.get_by_role("heading", name="武夷商店")).to_be_visible()
    accessible(page)
    _picture(page, "shops")
    page.goto("/review/claims?lang=en")
    accessible(page)
    _picture(page, "claims")
    page.get_by_label("Reason; the buyer will read it").fill("Eleven in a day, no receipt")
    page.get_by_role("button", name="Refuse, take the points back").click()
    expect(page.get_by_text("No claim is waiting for you.")).to_be_visible()

    sign_in(page, li)
    page.goto("/wallet/statement?lang=zh")
    page.get_by_role("link", name="购买带碳标签的产品 1 件").first.click()
    expect(page.get_by_text("Eleven in a day, no receipt")).to_be_visible()
    accessible(page)
    _picture(page, "award")
    page.get_by_label("理由").fill("单位团购，附发票")
    page.get_by_role("button", name="申诉").click()
    expect(page.get_by_text("等没有参与过的人复核。")).to_be_visible()


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("PUHUI_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
