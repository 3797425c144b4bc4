"""What a process is built of is looked through neither while it is built nor later."""

import subprocess
import sys

TOLD = """
import gc
from puhui.kernel.garbage import none_at_start

with none_at_start():
    assert not gc.isenabled()
    built = [[number] for number in range(10_000)]
assert gc.isenabled()
assert gc.get_freeze_count() > 10_000
assert not any(one is built for one in gc.get_objects())
try:
    with none_at_start():
        raise LookupError
except LookupError:
    assert gc.isenabled()
"""


def test_what_was_built_is_not_looked_through_and_what_comes_later_is() -> None:
    subprocess.run([sys.executable, "-c", TOLD], check=True)
