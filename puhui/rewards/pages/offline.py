"""What a phone keeps for where there is no signal: the form as everybody sees it, its keeper."""

from pathlib import Path

from flask import current_app, render_template, send_from_directory
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.kernel.clock import day_of, now
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.planting import USUAL_NUMBERS
from puhui.rewards.planting import MOST_TREES
from puhui.rewards.queries import bases
from puhui.rewards.species import catalogue


@pages.get("/plantings/offline")
def offline_form() -> ResponseReturnValue:
    """Show the form without anything of anybody's, to be kept on the phone."""
    with snapshot() as session:
        places = bases.bases(session, most=500)
    return render_template(
        "rewards/offline.html",
        # Not even whether somebody has signed in: the next who opens it may be somebody else.
        actor=None,
        desks=[],
        for_the_phone=True,
        places=places,
        chosen=None,
        own_species=list(catalogue().values()),
        other_species=[],
        last=None,
        numbers=USUAL_NUMBERS,
        most_trees=MOST_TREES,
        today=day_of(now()),
        kept=(),
    )


@pages.get("/plantings/worker.js")
def offline_worker() -> ResponseReturnValue:
    """Give out the keeper's script: from here it may serve the pages of plantings and no others."""
    folder = Path(current_app.static_folder or "")
    return send_from_directory(folder, "planting_worker.js", mimetype="text/javascript")
