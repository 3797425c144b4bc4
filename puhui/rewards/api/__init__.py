"""JSON resources of rewards, by noun."""

from puhui.rewards.api.adjustment import adjustment_resources, total_resources
from puhui.rewards.api.base import base_resources, species_resources
from puhui.rewards.api.cause import (
    cause_resources,
    donation_certificate_resources,
    donation_resources,
)
from puhui.rewards.api.claim import claim_appeal_resources, claim_resources, freeze_resources
from puhui.rewards.api.duty import (
    duty_certificate_resources,
    duty_parameter_resources,
    duty_resources,
    duty_year_resources,
)
from puhui.rewards.api.offer import offer_resources
from puhui.rewards.api.outing import booking_resources, capacity_resources, outing_resources
from puhui.rewards.api.planting import photo_resources, planting_resources, review_resources
from puhui.rewards.api.points import award_resources, wallet_resources
from puhui.rewards.api.ranking import honour_resources, ranking_resources, statistic_resources
from puhui.rewards.api.redemption import partner_resources, redemption_resources
from puhui.rewards.api.report import authorisation_resources, report_resources
from puhui.rewards.api.rule import rule_resources
from puhui.rewards.api.second_look import (
    appeal_resources,
    audit_resources,
    draw_resources,
    question_resources,
)
from puhui.rewards.api.survival import equation_resources, life_resources, survey_resources
from puhui.rewards.api.team import membership_resources, team_resources
from puhui.rewards.api.threshold import (
    place_resources,
    threshold_resources,
    ticket_resources,
)

blueprints = (
    question_resources,
    appeal_resources,
    audit_resources,
    draw_resources,
    place_resources,
    threshold_resources,
    ticket_resources,
    photo_resources,
    planting_resources,
    review_resources,
    base_resources,
    species_resources,
    report_resources,
    authorisation_resources,
    rule_resources,
    adjustment_resources,
    total_resources,
    wallet_resources,
    award_resources,
    claim_resources,
    claim_appeal_resources,
    freeze_resources,
    duty_parameter_resources,
    duty_resources,
    duty_year_resources,
    duty_certificate_resources,
    survey_resources,
    life_resources,
    equation_resources,
    capacity_resources,
    outing_resources,
    booking_resources,
    offer_resources,
    redemption_resources,
    partner_resources,
    cause_resources,
    donation_resources,
    donation_certificate_resources,
    team_resources,
    membership_resources,
    ranking_resources,
    honour_resources,
    statistic_resources,
)
