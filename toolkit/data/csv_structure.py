"""Where do a CSV's records begin and end? A strict scan of every byte, independent of the reader.

The rules are those of RFC 4180: a quoted cell begins right after a delimiter and ends right before
one, a quote within it is doubled, every record has as many cells as the header. What breaks them
is refused with its line. The scan looks only at quotes, delimiters and line ends, with numpy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from toolkit.problems import Problem, Refused

_LF, _CR = 10, 13


@dataclass(frozen=True)
class Structure:
    """What the scan of a CSV found.

    Attributes
    ----------
    records
        Records, the header included, blank lines not.
    blank
        Lines without a single character; they are no records.
    windows_ends, unix_ends, mac_ends
        Line ends outside quotes written CR LF, LF, and CR alone.
    quoted_breaks
        Line breaks within quoted cells.
    quotes
        Quote characters.
    longest
        Bytes of the longest record.
    """

    records: int = 0
    blank: int = 0
    windows_ends: int = 0
    unix_ends: int = 0
    mac_ends: int = 0
    quoted_breaks: int = 0
    quotes: int = 0
    longest: int = 0

    @property
    def plain_lines(self) -> bool:
        """Record n stands on line n."""
        return not (self.blank or self.quoted_breaks)

    @property
    def mixed_ends(self) -> bool:
        """Line ends are not the same throughout, or are those of old Macintoshes."""
        return bool(self.mac_ends) or bool(self.windows_ends and self.unix_ends)


def scan(
    chunks: Iterable[bytes], delimiter: str, quote: str, cells: int, place: str, first_line: int = 1
) -> Structure:
    """Check every record of a CSV in UTF-8.

    Parameters
    ----------
    delimiter, quote
        One ASCII character each; an empty `quote` means that quotes are letters like any other.
    cells
        How many cells every record must have.
    first_line
        The line of the file that the first chunk begins with.

    Raises
    ------
    Refused
        With the line of each broken rule: ragged records, quotes out of place, a quote never
        closed, a carriage return alone in a file whose lines end otherwise.
    """
    scanner = _Scanner(ord(delimiter), ord(quote) if quote else -1, cells, place, first_line)
    for block in _with_context(chunks):
        scanner.take(block)
    return scanner.finish()


def _with_context(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Blocks whose first byte was looked at before and whose last byte will be looked at next."""
    held = b"\n"
    for chunk in chunks:
        block = held + chunk
        if len(block) > 2:
            yield block
            held = block[-2:]
        else:
            held = block
    if held.endswith(b"\r"):
        yield held + b"\r"
        return
    if not held.endswith(b"\n"):
        held += b"\n"
    yield held + b"\n"


class _Scanner:
    def __init__(self, delimiter: int, quote: int, cells: int, place: str, line: int):
        self.delimiter, self.quote, self.cells, self.place = delimiter, quote, cells, place
        self.found = Structure()
        self.lines = line  # physical line of the first byte not yet looked at
        self.parity = 0  # 1 within a quoted cell
        self.opened = 0  # line of the last quote that opened
        self.delimiters = 0  # of the record under way
        self.length = 0  # bytes of the record under way
        self.ragged: list[tuple[int, int]] = []
        self.ragged_rows = 0
        self.problems: dict[str, tuple[int, list[int]]] = {}

    def take(self, block: bytes) -> None:
        a = np.frombuffer(block, np.uint8)
        inner = a[1:-1]
        if not len(inner):
            return
        quotes = np.flatnonzero(inner == self.quote) if self.quote >= 0 else np.empty(0, np.intp)
        breaks = np.flatnonzero(inner == _LF)
        returns = np.flatnonzero(inner == _CR) if b"\r" in block else np.empty(0, np.intp)
        marks = np.flatnonzero(inner == self.delimiter)

        if len(quotes):
            self._quotes(a, quotes)
        outside_breaks, outside_returns = (
            self._outside(quotes, breaks),
            self._outside(quotes, returns),
        )
        inside = len(breaks) - len(outside_breaks)
        marks = self._outside(quotes, marks)

        alone = (
            outside_returns[a[outside_returns + 2] != _LF] if len(outside_returns) else returns[:0]
        )
        windows = int(len(outside_returns) - len(alone))
        ends = outside_breaks
        if len(alone):
            ends = np.sort(np.concatenate([outside_breaks, alone]))
        self._records(a, ends, marks, len(inner), breaks)

        f = self.found
        self.found = replace(
            f,
            windows_ends=f.windows_ends + windows,
            unix_ends=f.unix_ends + len(outside_breaks) - windows,
            mac_ends=f.mac_ends + len(alone),
            quoted_breaks=f.quoted_breaks + inside + len(returns) - len(outside_returns),
            quotes=f.quotes + len(quotes),
        )
        if len(quotes):
            self.parity = (self.parity + len(quotes)) & 1
        self.lines += len(breaks)

    def _line(self, breaks: np.ndarray, at: int) -> int:
        return self.lines + int(np.searchsorted(breaks, at))

    def _outside(self, quotes: np.ndarray, at: np.ndarray) -> np.ndarray:
        if not len(quotes):
            return at if not self.parity else at[:0]
        return at[((np.searchsorted(quotes, at) + self.parity) & 1) == 0]

    def _quotes(self, a: np.ndarray, quotes: np.ndarray) -> None:
        closing = ((np.arange(len(quotes)) + self.parity) & 1).astype(bool)
        before, after = a[quotes], a[quotes + 2]
        starts = (
            (before == self.delimiter) | (before == _LF) | (before == _CR) | (before == self.quote)
        )
        stops = (after == self.delimiter) | (after == _LF) | (after == _CR) | (after == self.quote)
        for rule, wrong in (
            ("a quote stands within a cell that does not begin with one", ~closing & ~starts),
            (
                "text follows the closing quote of a cell (a quote within quotes must be doubled)",
                closing & ~stops,
            ),
        ):
            if wrong.any():
                breaks = np.flatnonzero(a[1:-1] == _LF)
                lines = [self._line(breaks, p) for p in quotes[wrong][:3]]
                count, seen = self.problems.get(rule, (0, []))
                self.problems[rule] = (count + int(wrong.sum()), (seen + lines)[:3])
        opening = quotes[~closing]
        if len(opening):
            self.opened = self.lines + int((a[1 : opening[-1] + 1] == _LF).sum())

    def _records(self, a, ends, marks, size, breaks) -> None:
        if not len(ends):
            self.delimiters += len(marks)
            self.length += size
            return
        upto = np.searchsorted(marks, ends)
        counts = np.diff(upto, prepend=0)
        counts[0] += self.delimiters
        lengths = np.diff(ends, prepend=-1) - 1  # without the line end itself
        lengths[0] += self.length
        # the CR of a CR LF belongs to the line end
        with_return = (a[ends] == _CR) & (a[ends + 1] == _LF)
        blank = (lengths - with_return) == 0
        wrong = ~blank & (counts != self.cells - 1)
        if wrong.any():
            self.ragged_rows += int(wrong.sum())
            for i in np.flatnonzero(wrong)[: max(0, 3 - len(self.ragged))]:
                start = ends[i - 1] + 1 if i else 0
                self.ragged.append((self._line(breaks, start), int(counts[i]) + 1))
        f = self.found
        self.found = replace(
            f,
            records=f.records + int((~blank).sum()),
            blank=f.blank + int(blank.sum()),
            longest=max(f.longest, int(lengths.max())),
        )
        self.delimiters = int(len(marks) - upto[-1])
        self.length = int(size - ends[-1] - 1)

    def finish(self) -> Structure:
        if self.parity and not self.problems:  # else the quote out of place is the cause
            raise Refused(
                Problem(
                    f"{self.place} line {self.opened}",
                    "a quote opens a cell here that is never closed",
                )
            )
        problems = [
            Problem(self.place, rule, rows=count, examples=tuple(f"line {n}" for n in lines))
            for rule, (count, lines) in self.problems.items()
        ]
        if self.ragged_rows and not problems:
            problems.append(
                Problem(
                    self.place,
                    f"must have {self.cells} cell{'s' * (self.cells != 1)} in every row, "
                    "as in its header",
                    rows=self.ragged_rows,
                    examples=tuple(f"line {n} has {c}" for n, c in self.ragged),
                )
            )
        if self.found.mac_ends and (self.found.windows_ends or self.found.unix_ends > 1):
            problems.append(
                Problem(
                    self.place,
                    "a carriage return stands alone in an unquoted cell, while lines end otherwise",
                    rows=self.found.mac_ends,
                )
            )
        if problems:
            raise Refused(problems)
        return self.found
