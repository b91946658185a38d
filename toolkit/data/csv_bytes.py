"""In which encoding is a CSV written? Decided from all of its bytes, never guessed."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from toolkit.problems import Problem, Refused

CHUNK = 8 << 20
_UNREADABLE_1252 = b"\x81\x8d\x8f\x90\x9d"
_CONTROLS_1 = bytes(range(0x80, 0xA0))
_MARKS = (  # longest first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PACKED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"BZh", "bzip2"),
    (b"(\xb5/\xfd", "zstd"),
    (b"\xfd7zXZ", "xz"),
    (b"PAR1", "Parquet"),
)


def encoding_of(path: Path, declared: str | None, place: str) -> tuple[str, int]:
    """The codec of `path` and how many bytes of a byte order mark to skip.

    Undeclared means UTF-8, unless a byte order mark says otherwise; `read_utf8` then proves it on
    every byte.

    Raises
    ------
    Refused
        An empty or packed file, a byte order mark that contradicts the declaration, UTF-32.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise Refused(Problem(place, "is an empty file: it has not even a header"))
    for start, kind in _PACKED:
        if head.startswith(start):
            raise Refused(
                Problem(place, f"is no CSV but a {kind} file: unpack it or name it rightly")
            )
    for mark, codec in _MARKS:
        if head.startswith(mark):
            if codec == "utf-32":
                raise Refused(Problem(place, "is written in UTF-32: save it as UTF-8"))
            if declared and not codec.startswith(declared):
                raise Refused(
                    Problem(
                        place,
                        f"begins with the byte order mark of {codec[:6].rstrip('-').upper()}, yet "
                        f"is declared otherwise: remove 'encoding' from its 'csv'",
                        declared,
                    )
                )
            return codec, len(mark)
    if declared == "utf-16":
        return ("utf-16-be" if head[0] == 0 else "utf-16-le"), 0
    if declared is None and head.count(0) > len(head) // 4:
        raise Refused(
            Problem(
                place,
                "looks like UTF-16 without a byte order mark: declare 'csv: {encoding: utf-16}'",
            )
        )
    return {"latin-1": "latin-1", "windows-1252": "cp1252"}.get(declared or "", "utf-8"), 0


def read_utf8(path: Path, codec: str, skip: int, place: str, digest=None) -> Iterator[bytes]:
    """The file as UTF-8, chunk by chunk; a byte that cannot be right is refused with its line.

    Parameters
    ----------
    digest
        A hash object that is fed the file's own bytes on the way.
    """
    decoder = codecs.getincrementaldecoder(codec)()
    lines, pending, looks_utf8 = 1, False, codec in ("latin-1", "cp1252")
    proof = codecs.getincrementaldecoder("utf-8")()
    beyond_ascii = False
    with path.open("rb") as file:
        start = file.read(skip)
        if digest is not None:
            digest.update(start)
        while True:
            chunk = file.read(CHUNK)
            last = len(chunk) < CHUNK and not chunk
            if digest is not None:
                digest.update(chunk)
            if looks_utf8:
                beyond_ascii = beyond_ascii or not chunk.isascii()
                looks_utf8 = _goes_on(proof, chunk, last)
            if codec == "utf-8" and not pending and chunk.isascii():
                out = chunk
            else:
                out = _decoded(decoder, chunk, last, codec, lines, place)
                pending = bool(decoder.getstate()[0])
            if b"\0" in out:
                line = lines + out[: out.index(b"\0")].count(b"\n")
                raise Refused(
                    Problem(
                        f"{place} line {line}",
                        "holds a NUL byte: the file is damaged, or in UTF-16 "
                        "(then declare 'csv: {encoding: utf-16}')",
                    )
                )
            lines += out.count(b"\n")
            if out:
                yield out
            if last:
                break
    if looks_utf8 and beyond_ascii:
        raise Refused(
            Problem(
                place,
                f"is declared {codec.replace('cp', 'windows-')}, but every byte of it is valid "
                "UTF-8, accents included: declare 'csv: {encoding: utf-8}'",
            )
        )


def _goes_on(proof: codecs.IncrementalDecoder, chunk: bytes, last: bool) -> bool:
    try:
        proof.decode(chunk, last)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(decoder, chunk: bytes, last: bool, codec: str, lines: int, place: str) -> bytes:
    if codec == "latin-1":
        odd = len(chunk) - len(chunk.translate(None, _CONTROLS_1))
        if odd:
            at = next(i for i, b in enumerate(chunk) if 0x80 <= b <= 0x9F)
            raise Refused(
                Problem(
                    f"{place} line {lines + chunk[:at].count(10)}",
                    f"byte 0x{chunk[at]:02X} is no letter in Latin-1: declare "
                    "'csv: {encoding: windows-1252}' if the file comes from Windows",
                )
            )
    try:
        text = decoder.decode(chunk, last)
    except UnicodeDecodeError as wrong:
        before = wrong.object[: wrong.start]
        line = lines + before.decode(codec, "replace").count("\n")
        byte = wrong.object[wrong.start]
        advice = (
            "declare how it is written, for example 'csv: {encoding: windows-1252}'"
            if codec == "utf-8"
            else "declare the encoding it is really in"
        )
        raise Refused(
            Problem(
                f"{place} line {line}",
                f"byte 0x{byte:02X} cannot be read as {codec.replace('cp', 'windows-').upper()}: "
                f"{advice}",
            )
        ) from None
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as wrong:
        line = lines + text[: wrong.start].count("\n")
        raise Refused(Problem(f"{place} line {line}", "holds half a character of UTF-16")) from None
