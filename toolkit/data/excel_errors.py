"""Which cells of a workbook hold an error (``#DIV/0!``)? The reader hands them over as empty ones.

Nor does it look at checksums, so they are looked at here: a workbook whose texts were changed on the
way would be read as another one.

Each format is looked through for its own mark of an error cell: XML attributes in .xlsx and .ods,
records of a known number in .xlsb [1]_ and .xls [2]_.

References
----------
.. [1] Microsoft, [MS-XLSB] Excel (.xlsb) Binary File Format: BrtCellError, BrtFmlaError.
.. [2] Microsoft, [MS-XLS] Excel Binary File Format: BoolErr, Formula; [MS-CFB] Compound File Binary
   File Format.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

from toolkit.problems import Problem, Refused

_CODES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_MOST_BYTES = 4 << 30


def error_cells(path: Path, sheet: str, place: str) -> Iterator[tuple[int, int, str]]:
    """Row and column (from 0) of each error cell of a sheet, and its code.

    Raises
    ------
    Refused
        The parts of the file do not hang together.
    """
    look = {".xlsx": _xlsx, ".xlsm": _xlsx, ".xlsb": _xlsb, ".ods": _ods, ".xls": _xls}
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"PK"
        kind = path.suffix.lower()
        if kind == ".xls" and packed:  # an .xlsx under an older name
            kind = ".xlsx"
        yield from look.get(kind, _xlsx)(path, sheet)
    except (
        KeyError,
        IndexError,
        ValueError,
        struct.error,
        BadZipFile,
        ZlibError,
        EOFError,
        RuntimeError,  # a part that is encrypted, or packed in a way that is not known here
        ElementTree.ParseError,
        OSError,
    ) as wrong:
        raise Refused(Problem(place, f"the workbook is damaged ({type(wrong).__name__})")) from None


def _part(book: ZipFile, name: str) -> bytes:
    if book.getinfo(name).file_size > _MOST_BYTES:
        raise ValueError("too large")
    return book.read(name)


def _sound(book: ZipFile) -> None:
    """Read what the cells of every sheet rest on, for its checksums: texts and styles."""
    for part in book.infolist():
        if part.filename.startswith("xl/") and part.filename.count("/") == 1:
            _part(book, part.filename)


def _relations(book: ZipFile, folder: str, part: str) -> dict[str, str]:
    tree = ElementTree.fromstring(_part(book, f"{folder}/_rels/{part}.rels"))
    targets = {}
    for relation in tree:
        target = relation.attrib["Target"]
        targets[relation.attrib["Id"]] = (
            target[1:] if target.startswith("/") else f"{folder}/{target}"
        )
    return targets


_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*\bt=\"e\"[^>]*)>(.*?)</(?:\w+:)?c>", re.S)
_AT = re.compile(rb"\br=\"([A-Z]+)([0-9]+)\"")
_SAID = re.compile(rb"<(?:\w+:)?v>([^<]*)</")


def _xlsx(path: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    with ZipFile(path) as book:
        _sound(book)
        targets = _relations(book, "xl", "workbook.xml")
        tree = ElementTree.fromstring(_part(book, "xl/workbook.xml"))
        for node in tree.iter():
            if node.tag.endswith("}sheet") and node.attrib.get("name") == sheet:
                link = next(v for k, v in node.attrib.items() if k.endswith("}id"))
                data = _part(book, targets[link])
                break
        else:
            raise KeyError(sheet)
    if b't="e"' not in data and b"t='e'" not in data:
        return
    for attributes, inside in _CELL.findall(data.replace(b"t='e'", b't="e"')):
        at, said = _AT.search(attributes), _SAID.search(inside)
        if at is None:
            raise ValueError("an error cell without a place")
        column = 0
        for letter in at.group(1):
            column = column * 26 + letter - 64
        yield int(at.group(2)) - 1, column - 1, said.group(1).decode() if said else "#ERROR"


def _ods(path: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    with ZipFile(path) as book:
        tree = ElementTree.fromstring(_part(book, "content.xml"))
    for table in tree.iter():
        if not table.tag.endswith("}table") or _attribute(table, "name") != sheet:
            continue
        row = 0
        for line in (n for n in table.iter() if n.tag.endswith("}table-row")):
            column = 0
            for cell in line:
                if not cell.tag.endswith(("}table-cell", "}covered-table-cell")):
                    continue
                said = "".join(cell.itertext())
                if (
                    _attribute(cell, "value-type") == "error"
                    or said.startswith("Err:")
                    or (_attribute(cell, "formula") and said in _CODES.values())
                ):
                    yield row, column, said or "#ERROR"
                column += int(_attribute(cell, "number-columns-repeated") or 1)
            row += int(_attribute(line, "number-rows-repeated") or 1)


def _attribute(node: ElementTree.Element, name: str) -> str | None:
    # "value-type" stands twice, once in LibreOffice's own namespace: the error is in that one
    found = [v for k, v in node.attrib.items() if k.endswith("}" + name)]
    return "error" if "error" in found else (found[0] if found else None)


def _xlsb(path: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    with ZipFile(path) as book:
        _sound(book)
        targets = _relations(book, "xl", "workbook.bin")
        for kind, body in _xlsb_records(_part(book, "xl/workbook.bin")):
            if kind == 156:  # BrtBundleSh: state, id, relation, name
                link, after = _wide(body, 8)
                name, _ = _wide(body, after)
                if name == sheet:
                    data = _part(book, targets[link])
                    break
        else:
            raise KeyError(sheet)
    row = 0
    for kind, body in _xlsb_records(data):
        if kind == 0:  # BrtRowHdr
            row = struct.unpack_from("<I", body)[0]
        elif kind in (3, 11):  # BrtCellError, BrtFmlaError: column, style, code
            yield row, struct.unpack_from("<I", body)[0], _CODES.get(body[8], "#ERROR")


def _xlsb_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind, at = data[at], at + 1
        if kind & 0x80:
            kind, at = (kind & 0x7F) | (data[at] & 0x7F) << 7, at + 1
        size = shift = 0
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, data[at : at + size]
        at += size


def _wide(body: bytes, at: int) -> tuple[str, int]:
    count = struct.unpack_from("<I", body, at)[0]
    end = at + 4 + 2 * count
    return body[at + 4 : end].decode("utf-16-le"), end


def _xls(path: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    data = _workbook_stream(path.read_bytes())
    start = None
    for kind, body in _xls_records(data, 0):
        if kind == 0x0085:  # BoundSheet8: offset, state, kind, name
            size, wide = body[6], body[7] & 1
            raw = body[8 : 8 + size * (2 if wide else 1)]
            if raw.decode("utf-16-le" if wide else "latin-1") == sheet:
                start = struct.unpack_from("<I", body)[0]
        elif kind == 0x000A:  # end of the globals
            break
    if start is None:
        raise KeyError(sheet)
    for kind, body in _xls_records(data, start):
        if kind == 0x000A:
            return
        if kind == 0x0205 and body[7] == 1:  # BoolErr
            row, column = struct.unpack_from("<HH", body)
            yield row, column, _CODES.get(body[6], "#ERROR")
        elif kind == 0x0006 and body[12:14] == b"\xff\xff" and body[6] == 2:  # Formula
            row, column = struct.unpack_from("<HH", body)
            yield row, column, _CODES.get(body[8], "#ERROR")


def _xls_records(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def _workbook_stream(raw: bytes) -> bytes:
    """The stream "Workbook" of a compound file."""
    if raw[:8] != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise ValueError("not a compound file")
    size, mini_size = (
        1 << struct.unpack_from("<H", raw, 30)[0],
        1 << struct.unpack_from("<H", raw, 32)[0],
    )
    first_directory, cutoff, first_mini = (
        struct.unpack_from("<I", raw, at)[0] for at in (48, 56, 60)
    )
    fat_sectors = list(struct.unpack_from("<109I", raw, 76))
    following, count = struct.unpack_from("<II", raw, 68)

    def sector(n: int) -> bytes:
        return raw[(n + 1) * size : (n + 2) * size]

    for _ in range(count):
        *more, following = struct.unpack(f"<{size // 4}I", sector(following))
        fat_sectors += more
    fat: list[int] = []
    for n in fat_sectors:
        if n < 0xFFFFFFFA:
            fat += struct.unpack(f"<{size // 4}I", sector(n))

    def chain(n: int, table: list[int], get) -> bytes:
        parts, steps = [], 0
        while n < 0xFFFFFFFA:
            parts.append(get(n))
            n, steps = table[n], steps + 1
            if steps > len(table):
                raise ValueError("a chain of sectors runs in a circle")
        return b"".join(parts)

    directory = chain(first_directory, fat, sector)
    entries = [directory[i : i + 128] for i in range(0, len(directory), 128)]
    named = {
        e[: max(0, struct.unpack_from("<H", e, 64)[0] - 2)].decode("utf-16-le"): e for e in entries
    }
    entry = named.get("Workbook") or named["Book"]
    start, length = struct.unpack_from("<I", entry, 116)[0], struct.unpack_from("<I", entry, 120)[0]
    if length >= cutoff:
        return chain(start, fat, sector)[:length]
    root = chain(struct.unpack_from("<I", entries[0], 116)[0], fat, sector)
    raw_mini = chain(first_mini, fat, sector)
    mini = list(struct.unpack(f"<{len(raw_mini) // 4}I", raw_mini))
    return chain(start, mini, lambda n: root[n * mini_size : (n + 1) * mini_size])[:length]
