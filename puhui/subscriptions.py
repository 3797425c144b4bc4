"""Which job follows from which topic; the only file that knows both ends."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import puhui.credits.jobs as credits
import puhui.events.jobs as events
import puhui.evidence.jobs as evidence
import puhui.footprint.jobs as footprint
import puhui.identity.jobs as identity
import puhui.register.jobs as register
import puhui.rewards.jobs as rewards
from puhui.outbox.service import Job, Outside
from puhui.outbox.task import steps

SUBSCRIPTIONS: Mapping[str, Sequence[Job | Outside]] = {
    "credits.hold_paid": (credits.retire_paid,),
    "credits.retired": (credits.seal, events.record_retirement),
    "events.list": (steps(events.read_list),),
    "footprint.print": (steps(footprint.print_batch),),
    "footprint.ship": (steps(footprint.ship_batch),),
    "footprint.import": (steps(footprint.import_workbook),),
    "footprint.recompute_all": (steps(footprint.recompute_all),),
    "footprint.end_found": (steps(footprint.end_found),),
    "footprint.void": (steps(footprint.void_batch),),
    "footprint.serial_claimed": (rewards.award_purchase,),
    "footprint.serial_returned": (rewards.reverse_purchase,),
    "footprint.serial_taken_back": (rewards.award_recycling,),
    "identity.code_asked": (Outside(identity.send_code),),
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
    ),
    "rewards.planting_approved": (rewards.award_planting, rewards.count_planting),
    "rewards.planting_logged": (rewards.assess_planting,),
    "rewards.report_approved": (rewards.award_report,),
}

PERIODIC: Sequence[tuple[timedelta, Callable[[Session, datetime], None]]] = (
    (timedelta(seconds=10), credits.expire_due),
    (timedelta(hours=1), events.forget),
    (timedelta(hours=1), evidence.sweep),
    (timedelta(hours=1), identity.forget),
    (timedelta(minutes=10), rewards.begin_night),
    (timedelta(hours=1), rewards.forget_devices),
    (timedelta(hours=1), rewards.draw_audits),
    (timedelta(seconds=30), register.number_due),
    (timedelta(seconds=30), register.sign_due),
)
"""What the worker's clock does in a transaction of its own, and how often."""
