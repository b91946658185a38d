"""KPIs over time: what a KPI is now, and with what certainty.

estimate, check, conclude   the level of a KPI in one period, whole and by segment (`levels`)
"""

from toolkit.trends.levels import KpiLevel, Levels, check, conclude, estimate

__all__ = ["KpiLevel", "Levels", "check", "conclude", "estimate"]
