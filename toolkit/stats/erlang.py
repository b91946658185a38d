"""How many colleagues does a queue of calls need?

Calls arrive at random (Poisson) and wait in line until a colleague is free; handling times are
exponential; nobody gives up. Erlang (1917); formulas as in Gross & Harris (1998), Fundamentals of
Queueing Theory, 3rd ed., section 2.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MOST_AGENTS = 100_000


@dataclass(frozen=True)
class Queue:
    """A queue with so many colleagues.

    Attributes
    ----------
    load
        Calls at once on average, in Erlang: arrivals times handling time.
    agents
    wait_chance
        Of a call to wait at all; 1 where the line grows without end.
    within
        Chance to be answered within the time asked about; 0 where the line grows without end.
    mean_wait
        In the unit of the handling time; infinite where the line grows without end.
    occupancy
        Part of the time that colleagues are busy, 1 at most.
    """

    load: float
    agents: int
    wait_chance: float
    within: float
    mean_wait: float
    occupancy: float

    @property
    def keeps_up(self) -> bool:
        """Whether the line ever ends."""
        return self.agents > self.load


def erlang_b(load: float, agents: int) -> float:
    """Chance that a call finds all `agents` busy where none can wait (by Jagerman's recursion)."""
    _check(load, agents)
    inverse = 1.0
    for m in range(1, agents + 1):
        inverse = 1 + inverse * m / load if load > 0 else math.inf
    return 1 / inverse


def erlang_c(load: float, agents: int) -> float:
    """Chance that a call has to wait; 1 where `agents` do not exceed the load."""
    _check(load, agents)
    if agents <= load:
        return 1.0
    blocked = erlang_b(load, agents)
    return agents * blocked / (agents - load * (1 - blocked))


def queue(arrivals: float, handling: float, agents: int, within: float) -> Queue:
    """How long do calls wait?

    Parameters
    ----------
    arrivals
        Calls a unit of time.
    handling
        Mean time a call takes, in that unit.
    agents
        Colleagues on duty.
    within
        The time asked about, in that unit.

    Raises
    ------
    ValueError
        A negative number, or no agents.
    """
    if not (arrivals >= 0 and handling > 0 and within >= 0):
        raise ValueError(
            f"arrivals ({arrivals}) and the time asked about ({within}) must not be negative, and "
            f"handling ({handling}) takes time."
        )
    load = arrivals * handling
    waits = erlang_c(load, agents)
    if agents <= load:
        return Queue(load, agents, 1.0, 0.0, math.inf, 1.0)
    spare = agents - load
    return Queue(
        load, agents, waits, 1 - waits * math.exp(-spare * within / handling),
        waits * handling / spare, load / agents,
    )  # fmt: skip


def agents_needed(arrivals: float, handling: float, within: float, share: float) -> Queue:
    """The smallest number of agents that answers `share` of calls within the time; as a `Queue`.

    Raises
    ------
    ValueError
        `share` is not between 0 and 1, or more than `MOST_AGENTS` were needed.
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; it lies between 0 and 1.")
    agents = max(1, math.floor(arrivals * handling) + 1)
    while agents <= MOST_AGENTS:
        found = queue(arrivals, handling, agents, within)
        if found.within >= share:
            return found
        agents += 1
    raise ValueError(f"more than {MOST_AGENTS} agents were needed.")


def _check(load: float, agents: int) -> None:
    if not load >= 0:
        raise ValueError(f"load is {load}; it is not negative.")
    if agents < 1 or agents != int(agents):
        raise ValueError(f"agents are {agents}; they are whole and at least one.")
