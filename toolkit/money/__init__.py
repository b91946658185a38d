"""Money and hours: what does the plan cost and return, and which offers are worth it?

Each of these answers one question with the same three verbs, ``estimate``, ``check``, ``conclude``:

budgets       where do budgets stand, in money and in hours, and where do they end?
returns       what does the plan return, from measured effects and the ledger's costs?
own_returns   what is the return as the company itself defines it?
risks         how sure is it, what moves it most, what would the worst cases cost?
allocation    where do money and hours bring most?
offers        which offers are worth it: go, pilot first, or no-go?
vendors       one vendor or several, and how far may the weights move?

definition    the questions as values
ledger        what stands in the ledger
model         the plan's money over time as a function of its uncertain numbers
returned      what the plan returns, as rows for charts and as tables
rows          rows as charts take them
assemble      the questions from a company's params, with their tables
"""

from toolkit.money import allocation, budgets, offers, own_returns, returns, risks, vendors
from toolkit.money.definition import Benefit, Ledger, Offers, PlanReturn, Vendors, WorstCases

__all__ = [
    "Benefit",
    "Ledger",
    "Offers",
    "PlanReturn",
    "Vendors",
    "WorstCases",
    "allocation",
    "budgets",
    "offers",
    "own_returns",
    "returns",
    "risks",
    "vendors",
]
