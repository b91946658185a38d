"""How soon are customers answered? From counts by minute and promise."""

from __future__ import annotations

from toolkit.data.frames import TableLike
from toolkit.language import Sentence
from toolkit.service.answering.definition import Answering
from toolkit.service.answering.promising import by_row, promises_of
from toolkit.service.answering.results import Answered
from toolkit.service.answering.staffing import staffed
from toolkit.service.asked import Aside, PartStudy, opened
from toolkit.service.small_groups import shown_waits
from toolkit.service.waits import read_waits
from toolkit.service.window import as_moment, within


def estimate(
    table: TableLike | PartStudy, definition: Answering | None = None, *, promises: TableLike | None = None
) -> Answered:
    """Waits until the first reply and until a matter is settled, against what was promised.

    Parameters
    ----------
    table
        Contacts, a row each: a pandas frame, an Ibis table or the path of a file; or a study.
    definition
        What its columns mean.
    promises
        What was promised, where a table says it.

    Raises
    ------
    Refused
        The table of promises contradicts itself.
    """
    table, asked, others, aside = opened(table, definition, {"promises": promises})
    made = promises_of(others.get("promises"), asked)
    rows = within(table, asked.opened, asked.window, asked.where)
    waits = {}
    for measure, column in asked.ends.items():
        promised, wanted = (by_row(rows, asked, made, w) for w in (measure, "share"))
        waits[measure] = read_waits(
            rows, asked.opened, column, asked.window, asked.groups,
            promised=promised, wanted=wanted if promised is not None else None,
            unit=asked.unit, level=asked.level,
        )  # fmt: skip
        backward = sum(w.backward for w in waits[measure][()].values())
        aside = (*aside, Aside(Sentence("{end} before {start}", {"end": column, "start": asked.opened}), backward))
    if asked.replied and asked.resolved:
        # told, not set aside: each of the two waits is still what it is
        crossed = (as_moment(rows[asked.resolved]) < as_moment(rows[asked.replied])) & (
            as_moment(rows[asked.resolved]) >= as_moment(rows[asked.opened]))
        crossed = int(rows.filter(crossed.fill_null(False)).count().execute())
    else:
        crossed = 0
    seen = {m: frozenset(by) for m, by in next(iter(waits.values())).items()}
    waits = {m: shown_waits(w, asked.min_cell, *waits.values()) for m, w in waits.items()}
    return Answered(
        definition=asked, promises=made, waits=waits, seen=seen, staffed=staffed(table, asked), crossed=crossed,
        undated=int(table.filter(table[asked.opened].isnull()).count().execute()), aside=aside,
    )  # fmt: skip
