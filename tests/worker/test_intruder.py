"""Whoever can write into Redis can ring, and nothing else."""

import json
import os

import pytest
from rq import Callback, Queue
from rq.command import send_shutdown_command
from rq.job import Job
from rq.registry import FailedJobRegistry
from rq.serializers import DefaultSerializer, JSONSerializer
from rq.webhook import Webhook
from rq.worker import BaseWorker

from puhui.outbox.bell import JOB, QUEUE, Bell


@pytest.fixture
def worker(rig, eventually):
    """A worker that waits; at the end of the test it must still be there, and do its work."""
    worker = rig.work()
    eventually(rig.is_listening)
    yield worker
    rig.publish("rig.note", "still here")
    Bell(rig.servers.redis_url).ring()
    eventually(lambda: rig.effects == ["still here"])
    assert worker.poll() is None


def refused(rig, job: Job) -> bool:
    return job.id in FailedJobRegistry(QUEUE, connection=rig.redis).get_job_ids(cleanup=False)


def test_a_command_is_not_run(rig, worker, eventually, tmp_path):
    queue = Queue(QUEUE, connection=rig.redis, serializer=JSONSerializer)
    job = queue.enqueue("os.system", f"touch {tmp_path}/run")
    eventually(lambda: refused(rig, job))
    assert list(tmp_path.iterdir()) == []


def test_pickled_code_is_not_run(rig, worker, eventually, tmp_path):
    queue = Queue(QUEUE, connection=rig.redis, serializer=DefaultSerializer)
    job = queue.enqueue(os.system, f"touch {tmp_path}/run")
    eventually(lambda: refused(rig, job))
    assert list(tmp_path.iterdir()) == []


ATTACHED = {
    "on success": {"on_success": Callback("subprocess.getoutput")},
    "on failure": {"on_failure": Callback("subprocess.getoutput")},
    "webhook": {"webhooks": [Webhook(url="http://127.0.0.1:9/", job_status="finished")]},
    "argument": {"args": ["one too many"]},
    "keyword": {"kwargs": {"routes": {}}},
}


def test_our_own_job_with_anything_attached_is_refused(rig, worker, eventually):
    queue = Queue(QUEUE, connection=rig.redis, serializer=JSONSerializer)
    jobs = {what: queue.enqueue(JOB, **more) for what, more in ATTACHED.items()}
    eventually(lambda: [what for what, job in jobs.items() if not refused(rig, job)] == [])


def test_nonsense_in_a_job_does_not_end_the_worker(rig, worker, eventually):
    data = json.dumps(["os.system", {"a": 1}, "x", 7])
    rig.redis.hset("rq:job:odd", mapping={"data": data, "timeout": "never", "result_ttl": "?"})
    rig.redis.lpush(f"rq:queue:{QUEUE}", "odd", "absent")
    eventually(lambda: rig.redis.llen(f"rq:queue:{QUEUE}") == 0)


def test_nobody_can_stop_it_over_redis(rig, worker):
    (name,) = (each.name for each in BaseWorker.all(connection=rig.redis))
    send_shutdown_command(rig.redis, name)
    rig.redis.set("rq:suspended", 1)
