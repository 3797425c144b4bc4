"""A certificate as PDF, beside the compiling of an empty page."""

from pathlib import Path
from tempfile import TemporaryDirectory

from puhui.credits import queries, service
from puhui.credits.kind import Kind
from puhui.credits.pdf import pdf_of
from puhui.db.session import connect, snapshot, transaction
from puhui.kernel import clock
from puhui.settings import Settings
from puhui.web.paper import printed_pdf
from tests.bench.race import Result, Runner, Step, race
from tests.makers.credits import draft, held, on_sale, organiser, paid


def races(settings: Settings) -> list[Result]:
    """Race the certificate of a retirement over three batches against an empty page."""
    engine = connect(settings.database_url, pool_size=1)
    on_sale(
        draft(Kind.FFCER, 10**6, 1000),
        draft(Kind.ONE_YUAN, 10**6, 1200),
        draft(Kind.FOREST_TICKET, 10**6, 1300),
    )
    hold = paid(held(organiser(), 1_017))
    with transaction() as session:
        done = service.retire(session, hold.hold_id, clock.now())
    with snapshot() as session:
        found = queries.certificate_by_code(session, done.certificate_code)
    engine.dispose()
    assert found is not None
    folder = TemporaryDirectory(prefix="puhui-bench-page-")
    page = Path(folder.name) / "empty.typ"
    page.write_text('#set page(paper: "a4")\n', encoding="utf-8")

    def empty(_: int) -> Step:
        return lambda: printed_pdf(page, {}, {}, found.retired_at)

    def certificate(_: int) -> Step:
        return lambda: pdf_of(found, f"{settings.base_url}/c/{found.code}", 7)

    results = race(
        "certificate as PDF/A",
        [
            Runner("an empty page, same compiler and fonts (floor)", empty),
            Runner("certificate", certificate),
        ],
        clients=(1,),
    )
    folder.cleanup()
    return results
