"""Races: what the product does beside the least that the same servers could do, in one run.

A time alone means nothing on a shared machine, so floor and product run in turn, a few rounds
each, and what is reported is the ratio of the medians.
"""

import multiprocessing
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

Step = Callable[[], object]
Prepare = Callable[[int], Step]
"""Called in the client's own process with its number; returns what it then repeats."""


@dataclass(frozen=True)
class Runner:
    """One way of doing something, by name."""

    name: str
    prepare: Prepare


@dataclass(frozen=True)
class Result:
    """Operations per second of one runner with so many clients: every round, in order."""

    race: str
    runner: str
    clients: int
    rates: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median rate, operations per second."""
        return statistics.median(self.rates)


def race(
    name: str,
    runners: Sequence[Runner],
    *,
    clients: Sequence[int] = (1, 8),
    rounds: int = 5,
    seconds: float = 1.5,
) -> list[Result]:
    """Let the runners take turns; the first is the floor that the others are measured against."""
    results = []
    for number in clients:
        with _Stable(runners, number) as stable:
            stable.run_all(0.4)  # caches and plans are warm before anything counts
            rates: dict[str, list[float]] = {runner.name: [] for runner in runners}
            for _ in range(rounds):
                for runner, rate in stable.run_all(seconds).items():
                    rates[runner].append(rate)
        results += [Result(name, runner, number, tuple(found)) for runner, found in rates.items()]
    return results


class _Stable:
    """Client processes that stay alive between the turns, so that starting costs nothing."""

    def __init__(self, runners: Sequence[Runner], clients: int) -> None:
        context = multiprocessing.get_context("fork")
        self.runners = runners
        self.pipes = []
        self.processes = []
        for number in range(clients):
            ours, theirs = context.Pipe()
            process = context.Process(target=_client, args=(theirs, runners, number), daemon=True)
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def __enter__(self) -> "_Stable":
        for pipe in self.pipes:
            _answer(pipe)
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join(10)

    def run_all(self, seconds: float) -> dict[str, float]:
        """Give each runner its turn; return operations per second of all clients together."""
        rates = {}
        for index, runner in enumerate(self.runners):
            for pipe in self.pipes:
                pipe.send((index, seconds))
            rates[runner.name] = sum(_answer(pipe) for pipe in self.pipes)
        return rates


def _answer(pipe: Any) -> float:
    found = pipe.recv()
    if isinstance(found, str):
        raise RuntimeError(found)
    return float(found)


def _client(pipe: Any, runners: Sequence[Runner], number: int) -> None:
    try:
        steps = [runner.prepare(number) for runner in runners]
        pipe.send(0.0)
        while (turn := pipe.recv()) is not None:
            index, seconds = turn
            step, done = steps[index], 0
            begin = perf_counter()
            while (passed := perf_counter() - begin) < seconds:
                step()
                done += 1
            pipe.send(done / passed)
    except BaseException as fault:
        pipe.send(f"client {number}: {type(fault).__name__}: {fault}")
        raise


def table(results: Iterable[Result]) -> Iterator[str]:
    """Yield the lines of a Markdown table, each row as soon as its result is known.

    Each result stands beside the floor of its race, which is the first that comes.
    """
    yield "| race | runner | clients | per second, median (least to most) | share of the floor |"
    yield "| --- | --- | ---: | ---: | ---: |"
    floors: dict[tuple[str, int], float] = {}
    for result in results:
        floor = floors.setdefault((result.race, result.clients), result.median)
        spread = f"{min(result.rates):,.0f} to {max(result.rates):,.0f}"
        yield (
            f"| {result.race} | {result.runner} | {result.clients} "
            f"| {result.median:,.0f} ({spread}) | {result.median / floor:.2f} |"
        )
