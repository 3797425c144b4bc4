"""The doorbell: one job in Redis that makes a worker look at the outbox at once.

A ring may be lost. The worker's clock looks at the outbox by itself every few seconds.
"""

import time

import structlog
from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

QUEUE = "puhui"
JOB = "puhui.outbox.jobs.drain"
PATIENCE = 0.5  # seconds that a request may wait for Redis
SULK = 5.0  # seconds for which a Redis that did not answer is left alone
JOB_LASTS = 60  # seconds
FAILURE_KEPT = 3600  # seconds


class Bell:
    """Rings for a worker. Belongs to one process; threads may share it."""

    def __init__(self, redis_url: str) -> None:
        connection = Redis.from_url(
            redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        )
        self._queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        self._silent_until = 0.0

    def ring(self) -> None:
        """Ask a worker to look at the outbox. Never raises; a lost ring costs seconds.

        One waiting ring is enough, so no more than two are left to wait.
        """
        if time.monotonic() < self._silent_until:
            return
        try:
            if self._queue.count < 2:
                self._queue.enqueue(
                    JOB, job_timeout=JOB_LASTS, result_ttl=0, failure_ttl=FAILURE_KEPT
                )
        except RedisError as error:
            self._silent_until = time.monotonic() + SULK
            log.warning("outbox.bell_unheard", error=type(error).__name__)
