"""Who is Aurora? The constants every table of the demo company shares.

Shares add up to one, money is in EUR, and the calendar runs over `MONTHS` whole months to `AS_OF`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

AS_OF = np.datetime64("2026-09-30")
START = np.datetime64("2023-10-01")
MONTHS = 36
FIRST_SIGNUP = np.datetime64("2021-10-01")

DAY = 86_400
YEAR_SECONDS = 365.25 * DAY

#: First second of each month of the window and of the one after it; first day likewise.
MONTH_DAYS = (
    np.arange("2023-10", "2026-11", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
)
MONTH_SECONDS = MONTH_DAYS * DAY
AS_OF_DAY = int(AS_OF.astype(np.int64))
START_DAY = int(START.astype(np.int64))
END_SECONDS = (AS_OF_DAY + 1) * DAY
CALENDAR_MONTH = (np.arange(MONTHS) + 9) % 12  # 0 is January; the window starts in October

REGIONS = ("North", "Centre", "South", "Islands")
REGION_SHARES = (0.34, 0.28, 0.26, 0.12)
SEGMENTS = ("homes", "students", "small_business")
SEGMENT_SHARES = (0.66, 0.19, 0.15)
AGE_BANDS = ("18-24", "25-34", "35-49", "50-64", "65+")
AGE_SHARES = (0.14, 0.22, 0.28, 0.21, 0.15)
GENDERS = ("female", "male", "other", "not_said")
GENDER_SHARES = (0.48, 0.47, 0.01, 0.04)
OCCUPATIONS = ("employee", "self_employed", "student", "retired", "at_home", "looking_for_work")
OCCUPATION_SHARES = (0.47, 0.15, 0.12, 0.15, 0.06, 0.05)
INCOME_BANDS = ("under_15k", "15k_30k", "30k_50k", "over_50k", "not_said")
INCOME_SHARES = (0.2, 0.34, 0.24, 0.12, 0.1)
ACQUISITION_CHANNELS = ("search", "referral", "shop", "phone", "partner", "social")
ACQUISITION_SHARES = (0.29, 0.17, 0.2, 0.12, 0.12, 0.1)
ACQUISITION_COSTS = (46.0, 18.0, 62.0, 55.0, 70.0, 38.0)
CONTRACTS = ("yearly", "two_year", "monthly")
CONTRACT_SHARES = (0.72, 0.14, 0.14)
CONTRACT_DAYS = (365, 730)

PLANS = ("basic_100", "family_300", "fast_600", "pro_1000")
PLAN_SHARES = (0.33, 0.37, 0.2, 0.1)
PLAN_FEES = (24.9, 32.9, 41.9, 54.9)  # EUR a month
PLAN_COSTS = (11.5, 14.5, 17.5, 22.5)  # EUR a month to run the line

DEPARTMENTS = ("sales", "billing", "collections", "service", "promotion")
COMPANY = "Aurora"
COMPETITORS = ("Boreal", "Celta", "Delta")
MINUTE_COST = 0.6  # EUR for one minute of a colleague's time
HOUR_COST = 36.0


@dataclass(frozen=True)
class Product:
    """One thing the shop sells.

    `share` is its part of first choices, `price` and `cost` are EUR apiece at a price index of one,
    `returned` the chance that an item comes back.
    """

    name: str
    category: str
    share: float
    price: float
    cost: float
    returned: float


PRODUCTS = (
    Product("router_plus", "devices", 0.12, 79.0, 52.0, 0.09),
    Product("mesh_kit", "devices", 0.08, 129.0, 88.0, 0.11),
    Product("desk_phone", "devices", 0.04, 35.0, 22.0, 0.08),
    Product("sports_pass", "television", 0.14, 24.0, 15.0, 0.02),
    Product("cinema_pass", "television", 0.13, 18.0, 10.0, 0.02),
    Product("kids_pass", "television", 0.07, 9.0, 4.0, 0.02),
    Product("mobile_sim", "mobile", 0.13, 15.0, 7.5, 0.03),
    Product("roaming_week", "mobile", 0.07, 12.0, 4.0, 0.01),
    Product("home_visit", "support", 0.05, 49.0, 31.0, 0.03),
    Product("premium_support", "support", 0.05, 29.0, 12.0, 0.02),
    Product("antivirus", "security", 0.08, 22.0, 6.0, 0.03),
    Product("cloud_backup", "security", 0.04, 30.0, 9.0, 0.02),
)

#: Our price index by month: stepwise, so that price response can be seen at all.
PRICE_INDEX = np.repeat([1.0, 1.0, 1.06, 1.06, 0.97, 1.03, 1.1, 1.1, 1.02, 0.96, 1.05, 1.08], 3)
#: Relative change of the ordering rate for one per cent more price, by segment.
PRICE_ELASTICITY = {"homes": -0.9, "students": -1.8, "small_business": -0.3}
