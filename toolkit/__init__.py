"""Find out whether a customer-relationship plan works, from the company's own tables.

Where to look
-------------
company       the params file: what the analyst wrote, typed and checked
data          the company's tables through Ibis, their contracts, the demo company
kpis          a KPI is a ratio of two sums; written once, used everywhere
aggregates    one scan of a table, then small numbers
stats         the methods, on plain numbers
experiments   A/B tests: estimate, check, conclude
trends        KPIs over time, targets and goals: estimate, check, conclude
benchmarks    competitors: where we stand, what goes with it, an honest target
customers     who is worth keeping: value, return, segments, costly customers, lifetime value
plan_changes  did each change of the plan bring what it promised? The same three verbs
money         what the plan costs and returns, and which offers are worth it
scorecard     the plan itself: schedule, readiness, owners, strategy, departments
of_segment    one segment of the customers: its KPIs, what it brings, how long it stays
service       complaints, answers, the CRM system's use, leads, colleagues: the same three verbs
quality       is the data good enough, and for which questions? The same three verbs
findings      what an analysis says
display       tables and charts: they receive results and compute nothing
opened        ``open_company``: the door the notebooks come in by
pack          run notebooks, render pages, publish a pack
cli           the ``toolkit`` command

Names are looked up when they are first used, so that ``import toolkit`` costs nothing.
"""

from importlib import import_module

__version__ = "0.1.0"

HOMES = {
    "open_company": "toolkit.opened",
    "experiments": "toolkit.experiments",
    "plan_changes": "toolkit.plan_changes",
    "trends": "toolkit.trends",
    "benchmarks": "toolkit.benchmarks",
    "customers": "toolkit.customers",
    "money": "toolkit.money",
    "service": "toolkit.service",
    "quality": "toolkit.quality",
    "scorecard": "toolkit.scorecard",
    "of_segment": "toolkit.of_segment",
    "charts": "toolkit.display.charts",
    "service_charts": "toolkit.display.service_charts",
    "money_charts": "toolkit.display.money_charts",
    "competitor_charts": "toolkit.display.competitor_charts",
    "customer_charts": "toolkit.display.customer_charts",
}
"""What this package offers by name -> the module that has it."""

__all__ = ["__version__", *HOMES]


def __getattr__(name: str):
    if name not in HOMES:
        raise AttributeError(f"toolkit has no {name!r}; it offers {', '.join(__all__)}")
    home = import_module(HOMES[name])
    return home if HOMES[name].rsplit(".", 1)[-1] == name else getattr(home, name)


def __dir__() -> list[str]:
    return sorted(__all__)
