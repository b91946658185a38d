"""The airline model against R's `arima` on AirPassengers (Box & Jenkins 1976, series G)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit.stats.airline import airline


def test_air_passengers(shared_data):
    y = pd.read_csv(shared_data / "plan_changes" / "AirPassengers.csv").passengers.to_numpy(float)
    found = airline(y, 3)
    # R 4.3: arima(log(AirPassengers), c(0,1,1), list(order = c(0,1,1), period = 12))
    assert found.ma == pytest.approx(-0.40183, abs=5e-4)
    assert found.seasonal_ma == pytest.approx(-0.55694, abs=5e-4)
    assert found.value[0] == pytest.approx(450.422, abs=0.05)
    assert found.low[0] < found.value[0] < found.high[0]


@pytest.mark.parametrize(
    "values, said",
    [
        (np.r_[np.ones(40), 0.0], "positive"),
        (np.ones(20), "20 measured periods; 30 are needed"),
    ],
)
def test_what_it_refuses(values, said):
    with pytest.raises(ValueError, match=said):
        airline(values, 3)
