"""What is asked of leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from toolkit.service.window import Window


@dataclass(frozen=True)
class Leads:
    """Which columns tell what became of a lead; see the params' ``service.leads``.

    Attributes
    ----------
    mature_days
        Only leads so old at the end of the window are judged: younger ones may still be won.
    min_cell
        Sources of fewer leads are not shown; a params file says 10.
    """

    created: str
    won: str
    window: Window
    contacted: str | None = None
    handed: str | None = None
    opportunity: str | None = None
    lost: str | None = None
    where: str | None = None
    source: str | None = None
    owner: str | None = None
    accepted: str | None = None
    qualified: str | None = None
    mature_days: int = 90
    contact_within_hours: float | None = None
    show_owners: bool = False
    level: float = 0.95
    lead: str | None = None
    min_cell: int = 1
    table: str = "leads"

    def __post_init__(self) -> None:
        if self.mature_days < 1:
            raise ValueError("leads are mature after a day or more")

    @property
    def mature_before(self):
        """The moment before which a lead is mature."""
        return self.window.now - timedelta(days=self.mature_days)

    @property
    def steps(self) -> dict[str, str]:
        """The way of a lead: step -> column, those that are declared."""
        given = {"contacted": self.contacted, "handed": self.handed, "opportunity": self.opportunity, "won": self.won}
        return {k: v for k, v in given.items() if v}
