"""How satisfied are our customers and the competitors', and with what?

Every answer is a rounded and clipped latent score that adds up weighted attributes, so that the
true means and the drivers are known (see `satisfaction`).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from toolkit.data.demo import columns as col
from toolkit.data.demo.aurora import (
    AGE_BANDS,
    AGE_SHARES,
    COMPANY,
    COMPETITORS,
    MONTH_DAYS,
    MONTHS,
    REGION_SHARES,
    REGIONS,
    SEGMENT_SHARES,
    SEGMENTS,
)
from toolkit.data.demo.chance import choose, stream
from toolkit.data.demo.customers import draw_customers

WAVES = MONTHS // 3
WAVE_NAMES = tuple(f"{2023 + (3 + w) // 4}Q{(3 + w) % 4 + 1}" for w in range(WAVES))
COMPANIES = (COMPANY, *COMPETITORS)
ATTRIBUTES = (
    "low_price",
    "convenience",
    "selection",
    "ease_of_use",
    "reliability",
    "proximity",
    "preferred_channel",
)
#: What one point of each attribute adds to satisfaction.
DRIVER_WEIGHTS = np.array([0.25, 0.15, 0.10, 0.35, 0.55, 0.0, 0.20])
#: Mean of each attribute's latent performance, company by attribute.
PERFORMANCE = np.array(
    [
        [3.4, 3.6, 3.5, 3.6, 3.6, 3.4, 3.6],
        [3.8, 3.5, 3.6, 3.4, 3.6, 3.5, 3.5],
        [3.2, 3.7, 3.5, 3.8, 4.1, 3.4, 3.7],
        [4.0, 3.3, 3.2, 3.4, 3.0, 3.3, 3.3],
    ]
)
#: Mean of each attribute's stated importance; the same for every company's customers.
IMPORTANCE = np.array([4.3, 3.7, 3.3, 3.8, 4.5, 2.6, 3.5])
HALO, ATTRIBUTE_SPREAD = 0.35, 0.8
BASE, SCORE_SPREAD = 7.0, 0.9
#: Aurora's latent satisfaction rises by this from wave to wave; the competitors' stand still.
DRIFT = np.array([0.015, 0.0, 0.0, 0.0])
#: What the attributes do not explain; it brings Boreal level with Aurora in the last wave.
COMPANY_SHIFT = np.array([0.0, 0.162, 0.28, 0.0])
AGE_SHIFT = np.array([-0.35, -0.15, 0.0, 0.15, 0.3])
#: How readily an age band answers; the weights undo it.
READINESS = np.array([0.65, 0.8, 1.0, 1.2, 1.3])
#: Customers on our own list answer more kindly than the panel does.
OWN_LIST_SHIFT = 0.2
FRAMES = ("own_list", "panel")
MODES = ("web", "phone")


def own_answers(customers: int) -> int:
    """Return how many answers of our own list each wave aims at."""
    return int(np.clip(0.02 * customers, 100, 1_500))


def panel_answers(customers: int) -> int:
    """Return how many answers about each company the panel gives each wave."""
    return int(np.clip(0.015 * customers, 120, 900))


def draw_answers(
    rng: np.random.Generator, company: np.ndarray, wave: np.ndarray, age: np.ndarray, shift: float
) -> dict[str, np.ndarray]:
    """Draw what respondents say: attributes and importance (n x 7), and the overall scores."""
    size = company.size
    halo = rng.standard_normal(size)
    latent = PERFORMANCE[company] + HALO * halo[:, None]
    latent = latent + ATTRIBUTE_SPREAD * rng.standard_normal((size, len(ATTRIBUTES)))
    performance = np.clip(np.rint(latent), 1, 5)
    importance = IMPORTANCE + 0.7 * rng.standard_normal((size, len(ATTRIBUTES)))
    score = BASE + (performance - 3.5) @ DRIVER_WEIGHTS + COMPANY_SHIFT[company]
    score = score + DRIFT[company] * wave + AGE_SHIFT[age] + shift
    score = score + SCORE_SPREAD * rng.standard_normal(size)
    likely = 1.15 * score - 0.9 + 0.9 * rng.standard_normal(size)
    effort = 1 + 0.62 * score + 0.7 * rng.standard_normal(size)
    return {
        "performance": performance,
        "importance": np.clip(np.rint(importance), 1, 5),
        "satisfaction": np.clip(np.rint(score), 1, 10),
        "likelihood": np.clip(np.rint(likely), 0, 10),
        "ease": np.clip(np.rint(effort), 1, 7),
    }


def _answers_table(
    identifiers: pa.Array,
    customers: pa.Array,
    columns: dict[str, np.ndarray],
    frame: int,
    rng: np.random.Generator,
) -> pa.Table:
    company, wave, age = columns["company"], columns["wave"], columns["age"]
    said = draw_answers(rng, company, wave, age, OWN_LIST_SHIFT if frame == 0 else 0.0)
    size = company.size
    answered = MONTH_DAYS[3 * wave + 1] + rng.integers(0, 40, size)
    mean_readiness = float(np.dot(AGE_SHARES, READINESS))
    table = {
        "respondent_id": identifiers,
        "customer_id": customers,
        "wave": col.named(WAVE_NAMES, wave),
        "answered_on": col.days(answered),
        "company": col.named(COMPANIES, company),
        "frame": col.named(FRAMES, np.full(size, frame)),
        "mode": col.named(MODES, choose(rng, (0.62, 0.38), size)),
        "region": col.named(REGIONS, columns["region"]),
        "segment": col.named(SEGMENTS, columns["segment"]),
        "age_band": col.named(AGE_BANDS, age),
        "weight": col.amounts(mean_readiness / READINESS[age], digits=4),
        "satisfaction": col.whole(said["satisfaction"]),
        "likelihood": col.whole(said["likelihood"]),
        "ease": col.whole(said["ease"]),
    }
    for position, name in enumerate(ATTRIBUTES):
        table[name] = col.whole(said["performance"][:, position])
    for position, name in enumerate(ATTRIBUTES):
        table["importance_" + name] = col.whole(said["importance"][:, position])
    return pa.table(table)


def own_list_table(seed: int, block: int, customers: int) -> pa.Table:
    """Return a block's answers from our own list: active customers asked once a quarter."""
    who = draw_customers(seed, block)
    rng = stream(seed, "surveys/own_list", block)
    # About three in five customers are active at a time.
    chance = min(0.5, own_answers(customers) / (0.6 * customers))
    rows, waves = [], []
    for wave in range(WAVES):
        asked = who.active(int(MONTH_DAYS[3 * wave + 1]))
        ready = READINESS[who.age] / float(np.dot(AGE_SHARES, READINESS))
        row = np.flatnonzero(asked & (rng.random(who.number.size) < chance * ready))
        rows.append(row)
        waves.append(np.full(row.size, wave))
    row, wave = np.concatenate(rows), np.concatenate(waves)
    identifiers = col.numbered_within("A", who.number[row], wave + 1)
    columns = {
        "company": np.zeros(row.size, np.int64),
        "wave": wave,
        "age": who.age[row],
        "region": who.region[row],
        "segment": who.segment[row],
    }
    return _answers_table(identifiers, col.numbered("C", who.number[row]), columns, 0, rng)


def panel_table(seed: int, customers: int) -> pa.Table:
    """Return the panel's answers about Aurora and its competitors, the same number about each."""
    rng = stream(seed, "surveys/panel")
    each = panel_answers(customers)
    wave = np.repeat(np.arange(WAVES), each * len(COMPANIES))
    company = np.tile(np.repeat(np.arange(len(COMPANIES)), each), WAVES)
    size = wave.size
    answering = np.array(AGE_SHARES) * READINESS
    columns = {
        "company": company,
        "wave": wave,
        "age": choose(rng, answering / answering.sum(), size),
        "region": choose(rng, REGION_SHARES, size),
        "segment": choose(rng, SEGMENT_SHARES, size),
    }
    nobody = pa.nulls(size, pa.string())
    return _answers_table(col.numbered("B", np.arange(size)), nobody, columns, 1, rng)
