"""Which job follows from which topic; the only file that knows both ends."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import puhui.credits.jobs as credits
import puhui.credits.paying.jobs as paying
import puhui.events.jobs as events
import puhui.evidence.jobs as evidence
import puhui.footprint.jobs as footprint
import puhui.identity.jobs as identity
import puhui.register.jobs as register
import puhui.rewards.jobs as rewards
import puhui.rights.jobs as rights
from puhui import claim_check
from puhui.outbox.service import Job, Outside
from puhui.outbox.task import steps

SUBSCRIPTIONS: Mapping[str, Sequence[Job | Outside]] = {
    "credits.hold_paid": (credits.retire_paid,),
    "credits.order_asked": (Outside(paying.place_order),),
    "credits.order_check_due": (Outside(paying.check_order),),
    "credits.refund_confirmed": (Outside(paying.send_back),),
    "credits.retired": (credits.seal, events.record_retirement),
    "events.list": (steps(events.read_list),),
    "footprint.print": (steps(footprint.print_batch),),
    "footprint.ship": (steps(footprint.ship_batch),),
    "footprint.import": (steps(footprint.import_workbook),),
    "footprint.recompute_all": (steps(footprint.recompute_all),),
    "footprint.end_found": (steps(footprint.end_found),),
    "footprint.void": (steps(footprint.void_batch),),
    "footprint.serial_claimed": (rewards.award_purchase, claim_check.weigh_claim),
    "footprint.serial_tried": (claim_check.look_at_tries,),
    "footprint.serial_returned": (rewards.reverse_purchase,),
    "footprint.serial_taken_back": (rewards.award_recycling, rewards.rank_recycler),
    "identity.consent_withdrawn": (credits.forget_name,),
    "identity.code_asked": (Outside(identity.send_code),),
    "identity.consent_given": (rewards.rank_consenting,),
    "factors.published": (register.record_factors_published,),
    "factors.withdrawn": (register.record_factor_withdrawn, footprint.end_labels_of_factor),
    "register.recorded": (register.number,),
    "register.numbered": (register.sign,),
    "rewards.night": (rewards.night,),
    "rewards.survival_recorded": (
        rewards.estimate_removal,
        rewards.count_survival,
        rewards.award_survival,
        rewards.reverse_never_planted,
        rewards.rank_surveyed,
    ),
    "rewards.planting_approved": (
        rewards.award_planting,
        rewards.count_planting,
        rewards.rank_planter,
    ),
    "rewards.planting_doubted": (rewards.rank_planter,),
    "rewards.planting_logged": (rewards.assess_planting,),
    "rewards.redemption_due": (rewards.end_redemption,),
    "rewards.report_approved": (rewards.award_report, rewards.rank_reported),
    "rights.export": (rights.make_export,),
    "rights.erase": (rights.erase,),
}

PERIODIC: Sequence[tuple[timedelta, Callable[[Session, datetime], None]]] = (
    (timedelta(seconds=10), credits.expire_due),
    (timedelta(seconds=30), paying.check_orders),
    (timedelta(hours=1), paying.forget),
    (timedelta(hours=1), events.forget),
    (timedelta(hours=1), evidence.sweep),
    (timedelta(hours=1), footprint.forget),
    (timedelta(hours=1), identity.forget),
    (timedelta(minutes=10), rewards.begin_night),
    (timedelta(hours=1), rewards.forget_devices),
    (timedelta(minutes=1), rewards.keep_shop),
    (timedelta(hours=1), rewards.forget_names),
    (timedelta(hours=1), rewards.draw_audits),
    (timedelta(hours=1), rights.begin_erasures),
    (timedelta(hours=1), rights.remove_exports),
    (timedelta(minutes=10), rewards.recount_places),
    (timedelta(seconds=30), register.number_due),
    (timedelta(seconds=30), register.sign_due),
)
"""What the worker's clock does in a transaction of its own, and how often."""
