"""What a calculation says beyond its figure: how sure it is, on what data, under which choices."""

from decimal import Decimal
from typing import Any

from puhui.factors.uncertainty import simulate
from puhui.footprint.basis import Based
from puhui.footprint.lifecycle import Assessment
from puhui.footprint.marks import marks
from puhui.footprint.quality import rating, uncertain
from puhui.footprint.ruleset import Ruleset
from puhui.footprint.sensitivity import variations
from puhui.kernel.quantity import plain


def judgement(based: Based, assessment: Assessment, ruleset: Ruleset) -> dict[str, Any]:
    """Return uncertainty, quality, sensitivity, contributions and marks, as documents hold them."""
    varied = variations(based, assessment, ruleset)
    return {
        "contributions": contributions(assessment),
        "uncertainty": _uncertainty(based, assessment, ruleset),
        "quality": _quality(based, assessment),
        "sensitivity": [
            {
                "choice": str(variation.choice),
                "by": variation.by,
                "footprint_kg": plain(variation.footprint_kg),
                "change_percent": plain(variation.change_percent),
                "worth_telling": variation.worth_telling,
            }
            for variation in varied
        ],
        "marks": [
            {"code": mark.code, "row": mark.row, "words": mark.words}
            for mark in marks(based, ruleset, varied)
        ],
    }


def contributions(assessment: Assessment) -> list[int]:
    """Return the rows of the lines, counted from 1, the largest contribution first."""
    kilograms = [line.amounts.counted for line in assessment.lines]
    return sorted(range(1, len(kilograms) + 1), key=lambda row: (-abs(kilograms[row - 1]), row))


def _uncertainty(based: Based, assessment: Assessment, ruleset: Ruleset) -> dict[str, Any]:
    assert ruleset.seed is not None, ruleset
    assert ruleset.draws is not None, ruleset
    terms, sigmas = uncertain(based, assessment)
    found = simulate(terms, sigmas, ruleset.seed, ruleset.draws)
    return {
        "median_kg": plain(found.median),
        "mean_kg": plain(found.mean),
        "low_kg": plain(found.low),
        "high_kg": plain(found.high),
        "draws": ruleset.draws,
        "seed": ruleset.seed,
        "sigmas": {
            citation: plain(Decimal(sigmas[citation]))
            for citation in sorted(based.factors)
            if citation in sigmas
        },
    }


def _quality(based: Based, assessment: Assessment) -> dict[str, Any]:
    found = rating(based, assessment)
    return {
        "score": plain(found.score),
        "indicators": {name: plain(mean) for name, mean in found.indicators.items()},
        "unjudged_percent": plain(found.unjudged_percent),
    }
