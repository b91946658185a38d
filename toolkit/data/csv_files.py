"""A CSV file: read right, or refused by name.

Encoding (`csv_bytes`), delimiter and records (`csv_structure`) are settled here from every byte of
the file; DuckDB then reads all cells as text with each option spelled out, and must count the same
records. Numbers' marks are settled in `number_marks`, types in `casting`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path

import numpy as np

from toolkit.company.tables import CsvOptions
from toolkit.data.csv_bytes import encoding_of, read_utf8
from toolkit.data.csv_structure import Structure, scan
from toolkit.data.paths import engine_path
from toolkit.problems import Problem, Refused, quoted

_DELIMITERS = (",", ";", "\t", "|")
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class CsvLayout:
    """How a CSV is written, proved on all of its bytes.

    Attributes
    ----------
    readable
        The file to hand to the engine: the CSV itself, or its copy in UTF-8.
    delimiter, quote
        One character each; `quote` is empty where quotes mean nothing.
    header
        Names of its columns, white space around them removed.
    skip
        Lines before the header.
    rows
        Records below the header.
    structure
        Everything the scan counted.
    sha256
        Of the file's own bytes, in hexadecimal.
    """

    readable: Path
    delimiter: str
    quote: str
    header: tuple[str, ...]
    skip: int
    rows: int
    structure: Structure
    sha256: str

    @property
    def first_line(self) -> int | None:
        """The line of the first row, where every row is one line; else None."""
        return self.skip + 2 if self.structure.plain_lines else None


def csv_layout(
    path: Path, options: CsvOptions, wanted: Sequence[str], place: str, work: Path
) -> CsvLayout:
    """Settle how a CSV is written and check every record of it.

    Parameters
    ----------
    wanted
        Names of columns that must be there, each once.
    place
        How messages name the file.
    work
        A folder for a copy in UTF-8 where one is needed.

    Raises
    ------
    Refused
        With every problem found at the first stage that found one: bytes, header, records.
    """
    before = _stamp(path)
    codec, mark = encoding_of(path, options.encoding, place)
    quote = "" if options.quote == "none" else options.quote
    digest = sha256()
    chunks = read_utf8(path, codec, mark, place, digest)
    lead, skip, declared, chunks = _before_header(chunks, place)
    first = next(chunks, b"")
    if not first:
        raise Refused(Problem(place, "says its delimiter and nothing more: it has not even a header"))
    delimiters = [options.delimiter or declared] if options.delimiter or declared else _DELIMITERS
    delimiter, header = _header(first, delimiters, quote, wanted, place)
    if len(header) == 1 and not (options.delimiter or declared):
        _one_column(path, codec, mark, lead, quote, place)
    structure = scan(chain([first], chunks), delimiter, quote, len(header), place, skip + 1)
    if structure.records < 2:
        raise Refused(Problem(place, "has a header and no rows"))
    if len(header) == 1 and structure.blank:
        raise Refused(
            Problem(
                place,
                "has one column and blank lines, which may be empty cells or nothing at all: "
                'remove them, or write "" for an empty cell',
                rows=structure.blank,
            )
        )
    if codec != "utf-8" or structure.mixed_ends:
        readable = work / f"{digest.hexdigest()[:16]}.csv"
        again = _after(read_utf8(path, codec, mark, place), lead)
        _write_utf8(again, quote, readable)
        skip = 0
    else:
        readable = engine_path(path, work)
    if _stamp(path) != before:
        raise Refused(Problem(place, "changed while it was read: try again when it is complete"))
    return CsvLayout(
        readable,
        delimiter,
        quote,
        header,
        skip,
        structure.records - 1,
        structure,
        digest.hexdigest(),
    )


def csv_query(layout: CsvLayout, columns: dict[str, str]) -> str:
    """The SQL by which DuckDB reads the file: all cells as text, no option left to guessing.

    Parameters
    ----------
    columns
        Our name of each column to read -> its name in the header.
    """
    every = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(layout.header)))
    chosen = ", ".join(
        f'"c{layout.header.index(theirs)}" AS "{ours}"' for ours, theirs in columns.items()
    )
    longest = max(2 << 20, layout.structure.longest + 1024)
    # a break within quotes can fall on the seam between two threads' shares of the file
    parallel = layout.structure.quoted_breaks == 0
    return (
        f"SELECT {chosen} FROM read_csv({_literal(str(layout.readable))}, auto_detect=false, "
        f"header=true, skip={layout.skip}, delim={_literal(layout.delimiter)}, "
        f"quote={_literal(layout.quote)}, escape={_literal(layout.quote)}, columns={{{every}}}, "
        f"compression='none', encoding='utf-8', strict_mode=true, null_padding=false, "
        f"ignore_errors=false, max_line_size={longest}, buffer_size={max(32 << 20, 2 * longest)}, "
        f"parallel={str(parallel).lower()})"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _stamp(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _before_header(
    chunks: Iterator[bytes], place: str
) -> tuple[int, int, str | None, Iterator[bytes]]:
    """Bytes and lines before the header (blank ones, Excel's ``sep=;``), and what is left."""
    lead = skip = 0
    declared = None
    for chunk in chunks:
        rest = chunk.lstrip(b"\r\n")
        lead += len(chunk) - len(rest)
        skip += chunk[: len(chunk) - len(rest)].count(b"\n")
        if not rest:
            continue
        line = rest.split(b"\n", 1)[0]
        hint = line.rstrip(b"\r")
        if len(hint) == 5 and hint.startswith(b"sep=") and hint[4:].decode() in _DELIMITERS:
            declared = hint[4:].decode()
            rest = rest[len(line) + 1 :]
            lead, skip = lead + len(line) + 1, skip + 1
        return lead, skip, declared, chain([rest] if rest else [], chunks)
    raise Refused(Problem(place, "holds nothing but line ends: it has not even a header"))


def _after(chunks: Iterator[bytes], lead: int) -> Iterator[bytes]:
    for chunk in chunks:
        if lead >= len(chunk):
            lead -= len(chunk)
            continue
        yield chunk[lead:]
        lead = 0


def _header(
    first: bytes, delimiters: Sequence[str], quote: str, wanted: Sequence[str], place: str
) -> tuple[str, tuple[str, ...]]:
    """The delimiter under which the header holds the columns that are wanted."""
    text = first[: 4 << 20].decode("utf-8", "ignore")
    found: dict[str, tuple[str, ...]] = {}
    for delimiter in delimiters:
        quoting = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter, strict=True, **quoting
        )
        try:
            found[delimiter] = tuple(cell.strip() for cell in next(reader))
        except csv.Error:
            continue
    if not found:
        raise Refused(
            Problem(
                place, "the header cannot be read: a quote in it is out of place or never closed"
            )
        )
    there = {d: sum(name in cells for name in wanted) for d, cells in found.items()}
    best = max(there.values())
    leading = [d for d in found if there[d] == best]
    widest = max(len(found[d]) for d in leading)
    if best == 0:  # nothing fits: name what is there under the likeliest reading
        leading = [d for d in leading if len(found[d]) == widest]
    elif widest > 1 and len(leading) > 1:
        named = " and ".join(_DELIMITER_NAMES[d] for d in leading)
        raise Refused(
            Problem(
                place,
                f"its header fits with {named} as the delimiter: declare 'csv: {{delimiter: …}}'",
            )
        )
    header = found[leading[0]]
    problems = []
    for name in wanted:
        if name not in header:
            problems.append(Problem(place, "is not a column of this file", name, header))
        elif header.count(name) > 1:
            problems.append(
                Problem(
                    place,
                    f"stands {header.count(name)} times in the header: rename all but one",
                    name,
                )
            )
    if problems:
        raise Refused(problems)
    return leading[0], header


def _one_column(path: Path, codec: str, mark: int, lead: int, quote: str, place: str) -> None:
    """A header of one cell fits every delimiter; then none may stand in the rows."""
    for delimiter in _DELIMITERS:
        try:
            scan(_after(read_utf8(path, codec, mark, place), lead), delimiter, quote, 1, place)
        except Refused as refused:
            if any(p.rule.startswith("must have 1 cell") for p in refused.problems):
                raise Refused(
                    Problem(
                        place,
                        f"has one name in its header, yet {quoted(delimiter)} stands in its rows: "
                        "declare 'csv: {delimiter: …}', or quote those cells",
                    )
                ) from None
            raise


def _write_utf8(chunks: Iterator[bytes], quote: str, target: Path) -> None:
    """A copy whose lines all end in LF outside quotes; within quotes nothing changes."""
    sign = ord(quote) if quote else -1
    parity, held = 0, b""
    with target.open("wb") as file:
        for chunk in chain(chunks, [None]):
            block = held + (chunk or b"")
            held = b""
            if chunk is not None and block.endswith(b"\r"):  # its LF may open the next chunk
                block, held = block[:-1], b"\r"
            a = np.frombuffer(block, np.uint8)
            returns = np.flatnonzero(a == 13)
            quotes = np.flatnonzero(a == sign) if quote else np.empty(0, np.intp)
            if len(returns):
                outside = returns[((np.searchsorted(quotes, returns) + parity) & 1) == 0]
                following = np.append(a, 0)[outside + 1]
                changed = a.copy()
                changed[outside[following != 10]] = 10
                a = np.delete(changed, outside[following == 10])
            parity = (parity + len(quotes)) & 1
            file.write(a.tobytes())
