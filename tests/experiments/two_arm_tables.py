"""Tables made for tests: two arms, columns drawn at random with a seed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from toolkit.experiments import Experiment, Metric


def two_arms(seed: int, n: int = 400, lift: float = 0.0, **columns) -> pd.DataFrame:
    """`n` units in arms a and b by turns; y is normal around 10, b's moved by `lift`."""
    rng = np.random.default_rng(seed)
    arm = np.where(np.arange(n) % 2 == 0, "a", "b")
    y = rng.normal(10, 2, n) + lift * (arm == "b")
    return pd.DataFrame({"arm": arm, "y": y, **columns})


def declared(*metrics: Metric, **more) -> Experiment:
    """Arm a is the control of an even split."""
    given = {"arm": "arm", "control": "a", "arms": {"a": 1, "b": 1}, **more}
    return Experiment(metrics=metrics or (Metric("y", role="primary"),), **given)




def shares(control: tuple[int, int], treatment: tuple[int, int], name: str = "hit") -> pd.DataFrame:
    """Units with 0 and 1 from counts (hits, units) of each arm."""
    parts = [
        pd.DataFrame({"arm": arm, name: [1] * hits + [0] * (n - hits)})
        for arm, (hits, n) in (("a", control), ("b", treatment))
    ]
    return pd.concat(parts, ignore_index=True)
