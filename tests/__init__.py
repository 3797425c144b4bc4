"""Tests of promises, at the level the promises are made."""

import gc

# Before anything else is imported. Nearly all that is made while tests are found stays to the
# end, and looking through it again and again for what could go takes a twentieth of the run.
gc.disable()
