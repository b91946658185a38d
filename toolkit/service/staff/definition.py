"""What is asked of colleagues' work."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.service.window import Window


@dataclass(frozen=True)
class Checked:
    """Surprise checks: `passed` (SQL) by `point`, by a department."""

    table: str
    passed: str
    time: str
    point: str
    window: Window
    where: str | None = None
    by: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Feedback:
    """What colleagues say: `score` by `statement`, by a department."""

    table: str
    score: str
    time: str
    statement: str
    window: Window
    where: str | None = None
    by: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Recognition:
    """Who keeps to the plan; see the params' ``service.recognition``."""

    table: str
    staff: str
    time: str
    kept: tuple[str, ...]
    window: Window
    where: str | None = None
    mix: tuple[str, ...] = ()
    by: str | None = None
    fewest: int = 30
    show_ids: bool = False

    def __post_init__(self) -> None:
        if not self.kept:
            raise ValueError("name what is kept: one expression or more")


@dataclass(frozen=True)
class Staff:
    """Each part where it is declared; groups of fewer rows than `min_cell` are not shown."""

    window: Window
    checks: Checked | None = None
    feedback: Feedback | None = None
    recognition: Recognition | None = None
    level: float = 0.95
    min_cell: int = 1
    owner: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables it needs."""
        parts = (self.checks, self.feedback, self.recognition)
        return tuple(dict.fromkeys(p.table for p in parts if p))
