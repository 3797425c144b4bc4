"""What outings promise, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

OUTINGS: tuple[Invariant, ...] = (
    by_query(
        "K1",
        "an outing has taken the places of its live bookings, never more than it has",
        """
        SELECT o.outing_id FROM rewards_outing o
        LEFT JOIN (SELECT outing_id, sum(places) AS places FROM rewards_booking
                   WHERE cancelled_at IS NULL GROUP BY outing_id) b USING (outing_id)
        WHERE o.taken <> coalesce(b.places, 0) OR o.taken > o.places
        """,
    ),
    by_query(
        "K2",
        "places booked and counted stay so: the guards are switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('rewards_booking', 'counts_places'), ('rewards_booking', 'booking_stays'),
                     ('rewards_base_capacity', 'append_only')) AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
)
