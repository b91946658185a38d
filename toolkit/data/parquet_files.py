"""Parquet files: one, or several that must agree on the columns that are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.problems import Problem

_BATCH = 65_536


def parquet_problems(
    files: tuple[Path, ...], wanted: Mapping[str, str], place: str
) -> list[Problem]:
    """What keeps these files from being read as one table.

    Parameters
    ----------
    wanted
        Our name of each column -> its name in the files.
    place
        How messages name the files.
    """
    problems: list[Problem] = []
    seen: dict[str, tuple[pa.DataType, str]] = {}
    rows = 0
    for file in files:
        where = place if len(files) == 1 else f"{place} {file.name}"
        try:
            with pq.ParquetFile(file) as opened:
                schema, rows = opened.schema_arrow, rows + opened.metadata.num_rows
        except (pa.ArrowException, OSError, UnicodeDecodeError) as wrong:  # names in it may be no text
            said = str(wrong).split("\n")[0].split(". ")[0]
            problems.append(Problem(where, f"cannot be read as Parquet: {said}"))
            continue
        for name in dict.fromkeys(wanted.values()):
            count = schema.names.count(name)
            if count == 0:
                problems.append(
                    Problem(where, "is not a column of this file", name, tuple(schema.names))
                )
            elif count > 1:
                problems.append(Problem(where, f"stands {count} times among the columns", name))
            else:
                kind = _kind(schema.field(name).type)
                first, where_first = seen.setdefault(name, (kind, file.name))
                if kind != first:
                    problems.append(
                        Problem(
                            f"{where} column '{name}'",
                            f"is {kind} here but {first} in {where_first}: "
                            "files read together must agree",
                        )
                    )
    if not problems and not rows:
        problems.append(Problem(place, "has columns and no rows"))
    if not problems:
        problems += [p for f in files if (p := _damage(f, wanted, place if len(files) == 1 else f"{place} {f.name}"))]
    return problems


def _damage(file: Path, wanted: Mapping[str, str], where: str) -> Problem | None:
    """Whether the pages of the columns that are read hold what they say.

    DuckDB reads some pages that were cut short or written over as if they held other values, and says
    nothing; Arrow refuses them. Decoding once more costs about as much as one scan of the columns.
    """
    try:
        with pq.ParquetFile(file, page_checksum_verification=True, pre_buffer=False) as opened:
            for _ in opened.iter_batches(columns=list(dict.fromkeys(wanted.values())), batch_size=_BATCH):
                pass
    except (pa.ArrowException, OSError, UnicodeDecodeError) as wrong:
        said = str(wrong).split("\n")[0].split(". ")[0]
        return Problem(where, f"is damaged, a column cannot be read to its end: {said}")
    finally:
        pa.default_memory_pool().release_unused()  # hundreds of megabytes, and nothing more is read by Arrow
    return None


def parquet_query(files: tuple[Path, ...], columns: Mapping[str, str], position: str | None) -> str:
    """The SQL by which DuckDB reads the files.

    Parameters
    ----------
    position
        Name of a column for the number of the row in its file, from 1; only of a single file.
    """
    listed = ", ".join("'" + str(f).replace("'", "''") + "'" for f in files)
    chosen = [
        f'"{theirs.replace(chr(34), chr(34) * 2)}" AS "{ours}"' for ours, theirs in columns.items()
    ]
    if position:
        chosen.append(f'file_row_number + 1 AS "{position}"')
    return (
        f"SELECT {', '.join(chosen)} FROM read_parquet([{listed}], hive_partitioning=false, "
        f"union_by_name={str(len(files) > 1).lower()}, "
        f"file_row_number={str(bool(position)).lower()})"
    )


def _kind(native: pa.DataType) -> pa.DataType:
    """Types that read alike: dictionaries as their values, long strings as strings."""
    if pa.types.is_dictionary(native):
        native = native.value_type
    return pa.string() if pa.types.is_large_string(native) else native
