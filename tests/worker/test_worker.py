"""What has happened is followed up exactly once, whatever dies meanwhile."""

import signal

from puhui.outbox.bell import Bell

KEYS = [f"{number:04}" for number in range(1000)]


def test_a_redis_that_forgets_everything_loses_no_work(rig, eventually):
    rig.work()
    rig.publish("rig.note", *KEYS[:100])
    Bell(rig.servers.redis_url).ring()
    rig.redis.flushall()
    eventually(lambda: rig.count("done_at IS NULL") == 0)
    assert rig.effects == KEYS[:100]


def test_two_workers_do_a_thousand_messages_once_each(rig, eventually):
    rig.publish("rig.note", *KEYS)
    rig.work()
    rig.work()
    eventually(lambda: rig.count("done_at IS NULL") == 0)
    assert rig.effects == KEYS


def test_a_worker_killed_in_the_middle_of_an_effect_leaves_it_to_the_next(rig, eventually):
    rig.publish("rig.linger", "only")
    first = rig.work()
    eventually(lambda: rig.count("attempts = 1") == 1)
    first.kill()
    first.wait()
    assert rig.effects == []
    rig.make_due()
    rig.work()
    eventually(lambda: rig.count("done_at IS NULL") == 0)
    assert rig.effects == ["only"]


def test_without_redis_the_work_is_done_all_the_same(rig, eventually):
    worker = rig.work()
    eventually(rig.is_listening)
    rig.servers.valkey.process.kill()
    rig.servers.valkey.process.wait()
    rig.publish("rig.note", "while away")
    Bell(rig.servers.redis_url).ring()  # and does not raise
    eventually(lambda: rig.effects == ["while away"])
    rig.servers.revive()
    eventually(rig.is_listening)
    assert worker.poll() is None


def test_a_database_that_crashes_costs_time_only(rig, eventually):
    worker = rig.work()
    rig.publish("rig.note", *KEYS[:200])
    eventually(lambda: rig.count("done_at IS NOT NULL") > 0)
    rig.servers.postgres.process.kill()
    rig.servers.postgres.process.wait()
    rig.servers.revive()
    rig.make_due()
    eventually(lambda: rig.count("done_at IS NULL") == 0)
    assert rig.effects == KEYS[:200]
    assert worker.poll() is None


def test_one_message_that_fails_keeps_no_other_waiting(rig, eventually):
    rig.publish("rig.note", "a", "b")
    rig.publish("rig.fail", "c")
    rig.publish("rig.note", "d", "e")
    rig.work()
    eventually(lambda: rig.count("done_at IS NOT NULL") == 4)
    assert rig.effects == ["a", "b", "d", "e"]
    assert rig.count("fault LIKE '%as this test wants it%' AND due_at > now()") == 1


def test_a_message_that_kills_its_process_is_parked_after_five(rig, eventually):
    rig.publish("rig.die", "deadly")
    for _ in range(5):
        assert rig.count("parked_at IS NOT NULL") == 0
        assert rig.work().wait() == 9
        rig.make_due()
    rig.publish("rig.note", "later")
    rig.work()
    eventually(lambda: rig.effects == ["later"])
    assert rig.count("parked_at IS NOT NULL AND attempts = 5") == 1


def test_told_to_stop_it_finishes_the_effect_in_hand_and_begins_no_other(rig, eventually):
    rig.publish("rig.linger", "in hand", "next")
    worker = rig.work()
    eventually(lambda: rig.count("attempts = 1") == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait() == 0
    assert rig.effects == ["in hand"]
    assert rig.count("attempts = 0") == 1


def test_told_to_stop_while_it_waits_it_goes(rig, eventually):
    worker = rig.work()
    eventually(rig.is_listening)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait() == 0
