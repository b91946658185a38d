"""Where do leads come from, who takes them up, which are won? And is the contact plan kept?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from toolkit.data.demo import columns as col
from toolkit.data.demo.aurora import AS_OF_DAY, DAY, END_SECONDS, MONTH_SECONDS, REGIONS
from toolkit.data.demo.chance import choose, position_within, stream
from toolkit.data.demo.customers import draw_customers, in_window
from toolkit.data.demo.staff import STAFF_PER_DEPARTMENT

LEADS_PER_BLOCK = 1_500
SOURCES = ("website", "referral", "campaign", "fair", "bought_list")
SOURCE_SHARES = (0.38, 0.16, 0.27, 0.09, 0.10)
#: Chance that sales accepts a lead contacted late, that it becomes an opportunity, that it is won.
ACCEPTED = np.array([0.46, 0.62, 0.40, 0.33, 0.16])
OPPORTUNITY = np.array([0.55, 0.64, 0.48, 0.45, 0.30])
WON = np.array([0.42, 0.52, 0.36, 0.33, 0.22])
QUICK_HOURS = 4.0
CONTACT_HOURS = 11.0
#: What a first contact within `QUICK_HOURS` adds to the chance of being accepted.
QUICK_LIFT = 0.14
KINDS = ("welcome", "renewal")
MEDIA = ("email", "phone", "letter")


def win_rates() -> dict[str, float]:
    """Return the true share of each source's leads that are won in the end."""
    quick = 1 - np.exp(-QUICK_HOURS / CONTACT_HOURS)
    rates = (ACCEPTED + QUICK_LIFT * quick) * OPPORTUNITY * WON
    return dict(zip(SOURCES, rates.tolist(), strict=True))


def leads_table(seed: int, block: int) -> pa.Table:
    """Return a block's `leads` rows; what has not happened by `AS_OF` is null."""
    rng = stream(seed, "leads", block)
    size = LEADS_PER_BLOCK
    source = choose(rng, SOURCE_SHARES, size)
    created = rng.integers(MONTH_SECONDS[0], END_SECONDS, size)
    hours = rng.exponential(CONTACT_HOURS, size)
    contacted = created + (hours * 3600).astype(np.int64)
    handed = contacted + (rng.gamma(1.5, 30.0, size) * 3600).astype(np.int64)
    chance = ACCEPTED[source] + QUICK_LIFT * (hours <= QUICK_HOURS)
    accepted = rng.random(size) < chance
    opportunity = accepted & (rng.random(size) < OPPORTUNITY[source])
    won = opportunity & (rng.random(size) < WON[source])
    opened = handed + (rng.gamma(2.0, 5.0, size) * DAY).astype(np.int64)
    closed = opened + (rng.gamma(2.2, 12.0, size) * DAY).astype(np.int64)
    value = np.exp(6.1 + 0.7 * rng.standard_normal(size))
    owner = rng.integers(0, STAFF_PER_DEPARTMENT, size)
    return pa.table(
        {
            "lead_id": col.numbered("L", block * size + 1 + np.arange(size)),
            "source": col.named(SOURCES, source),
            "region": col.named(REGIONS, choose(rng, (0.3, 0.3, 0.25, 0.15), size)),
            "owner": col.numbered("U", owner, 4),
            "created_at": col.stamps(created),
            "first_contact_at": col.stamps(contacted, contacted >= END_SECONDS),
            "handed_over_at": col.stamps(handed, handed >= END_SECONDS),
            "accepted_by_sales": col.flags(accepted, handed >= END_SECONDS),
            "opportunity_at": col.stamps(opened, ~opportunity | (opened >= END_SECONDS)),
            "won_at": col.stamps(closed, ~won | (closed >= END_SECONDS)),
            "lost_at": col.stamps(closed, ~opportunity | won | (closed >= END_SECONDS)),
            "value": col.amounts(value),
        }
    )


def outreach_table(seed: int, block: int) -> pa.Table:
    """Return the `outreach` rows of a block: contacts that the communication plan asks for."""
    who = draw_customers(seed, block)
    rng = stream(seed, "outreach", block)
    welcome = np.flatnonzero(in_window(who.signed_up * DAY))
    renewal = who.decisions["row"]
    row = np.concatenate([welcome, renewal])
    kind = np.concatenate([np.zeros(welcome.size, np.int64), np.ones(renewal.size, np.int64)])
    due = np.concatenate([who.signed_up[welcome] + 2, who.decisions["day"] - 30])
    order = np.lexsort((due, row))
    row, kind, due = row[order], kind[order], due[order]
    size = row.size
    delay = rng.integers(-1, 2, size) + (rng.random(size) < 0.22) * rng.geometric(0.12, size)
    done = due + delay
    missed = (rng.random(size) < np.array([0.05, 0.12])[kind]) | (done > AS_OF_DAY)
    medium = choose(rng, (0.7, 0.2, 0.1), size)
    automatic = (medium == 0) & (rng.random(size) < 0.8)
    kept = due <= AS_OF_DAY
    return pa.table(
        {
            "outreach_id": col.numbered_within("R", who.number[row], position_within(row)),
            "customer_id": col.numbered("C", who.number[row]),
            "kind": col.named(KINDS, kind),
            "medium": col.named(MEDIA, medium),
            "due_on": col.days(due),
            "done_on": col.days(np.where(missed, 0, done), missed),
            "automatic": col.flags(automatic),
        }
    ).filter(pa.array(kept))
