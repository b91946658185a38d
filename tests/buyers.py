"""Buyers drawn from the BG/NBD model's own story, and purchases from the gamma-gamma's."""

from __future__ import annotations

import numpy as np


def draw_buyers(rng, n, r, alpha, a, b, age):
    """Repeat purchases, time of the last, time observed; and whether still active at the end."""
    rate, leave = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    age = np.broadcast_to(np.asarray(age, dtype=float), n)
    x, last, now = np.zeros(n), np.zeros(n), np.zeros(n)
    active = np.ones(n, dtype=bool)
    running = np.ones(n, dtype=bool)
    while running.any():
        now[running] += rng.exponential(1 / rate[running])
        bought = running & (now <= age)
        running &= now <= age
        x[bought] += 1
        last[bought] = now[bought]
        left = bought & (rng.random(n) < leave)
        active[left] = False
        running &= ~left
    return x, last, age, active, rate, leave


def later_purchases(rng, ahead, active, rate, leave):
    """How often each buys within `ahead` more."""
    bought, now, running = np.zeros(len(rate)), np.zeros(len(rate)), active.copy()
    while running.any():
        now[running] += rng.exponential(1 / rate[running])
        running &= now <= ahead
        bought[running] += 1
        running &= ~(rng.random(len(rate)) < leave)
    return bought


def draw_means(rng, x, p, q, v):
    """Mean spend over `x` purchases of customers of the gamma-gamma model."""
    own = rng.gamma(q, 1 / v, len(x))
    return rng.gamma(p * x, 1 / own) / x
