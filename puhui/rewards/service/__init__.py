"""Use cases: register bases, publish rules, log and review plantings, award points."""
