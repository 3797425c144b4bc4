"""What the outbox promises."""

from puhui.db.invariant import Invariant, by_query

INVARIANTS: tuple[Invariant, ...] = (
    by_query(
        "O1",
        "a message is done, parked for a person to see, or due within its backoff",
        """
        SELECT message_id FROM outbox_message
        WHERE (done_at IS NOT NULL AND parked_at IS NOT NULL)
           OR (done_at IS NULL AND parked_at IS NULL
               AND due_at < statement_timestamp() - interval '15 minutes')
        """,
    ),
    by_query(
        "O2",
        "an effect belongs to a message and happened after it was published",
        """
        SELECT e.message_id FROM outbox_effect e LEFT JOIN outbox_message m USING (message_id)
        WHERE m.message_id IS NULL OR e.done_at < m.published_at
        """,
    ),
    by_query(
        "O3",
        "a running task has its next step waiting, or given up on for a person to see",
        """
        SELECT task_id::text FROM outbox_task t
        WHERE state = 'running' AND NOT EXISTS (
          SELECT 1 FROM outbox_message m
          WHERE m.done_at IS NULL AND m.topic = t.kind
            AND m.payload ->> 'task_id' = t.task_id::text
            AND (m.payload ->> 'step')::bigint = t.step
        )
        """,
    ),
)
