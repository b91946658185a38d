"""Sheets of workbooks. The workbooks are written here, part by part, as the standards have them."""

from __future__ import annotations

import base64
import struct
import zlib
from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from company_tables import opened, said, values

from toolkit.data.excel_errors import error_cells
from toolkit.data.excel_files import cell_name

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/></Types>'
)
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ERROR = object()


def workbook(path: Path, rows: list[list], merged: str = "", sheet: str = "Orders") -> Path:
    """An .xlsx with one sheet; dates are serial numbers with a date style, `ERROR` is #DIV/0!."""
    lines = []
    for r, row in enumerate(rows):
        cells = []
        for c, value in enumerate(row):
            at = cell_name(r, c)
            if value is None:
                continue
            if value is ERROR:
                cells.append(f'<c r="{at}" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
            elif isinstance(value, bool):
                cells.append(f'<c r="{at}" t="b"><v>{int(value)}</v></c>')
            elif isinstance(value, (date, datetime)):
                moment = (
                    datetime.combine(value, datetime.min.time()) if type(value) is date else value
                )
                days = (moment - datetime(1899, 12, 30)).total_seconds() / 86400
                cells.append(
                    f'<c r="{at}" s="{1 if type(value) is date else 2}"><v>{days!r}</v></c>'
                )
            elif isinstance(value, (int, float)):
                cells.append(f'<c r="{at}"><v>{value!r}</v></c>')
            else:
                cells.append(
                    f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
                )
        lines.append(f'<row r="{r + 1}">{"".join(cells)}</row>')
    merge = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    style = "".join(f'<xf numFmtId="{n}" applyNumberFormat="1"/>' for n in (0, 14, 22))
    with ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", TYPES)
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            f'<sheet name="{sheet}" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{LINKS}">'
            f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/s.xml"/>'
            f'<Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        )
        book.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{MAIN}"><cellXfs count="3">{style}</cellXfs></styleSheet>',
        )
        book.writestr(
            "xl/worksheets/s.xml",
            f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{merge}</worksheet>',
        )
    return path


# An .xls with columns id, day, amount; A 2026-01-05 1234.5; B 2026-01-06 #DIV/0! (xlwt 1.3)
OLD_WORKBOOK = (
    "c-rk)O=uHA6#izDG(R-Ira~)}P_$}o1@+>kU0bR>rB*NgAZTiGDAhz_J=B9%Yru;jcv8F+>cLCZi$AEKHxEK"
    "Y4}u^hdhAJ1@X%&`?`5~9wL$}0sLmJW&CHwmc3x)Qo7ven#b{~jK}#7+&;u7LmLCl@Iz`FvR3e~u%i^Mw`zT"
    "o&YYKiJEo6fSPlK<$yoS8qWf-{cen}GeMClmLU@(`>Bvui9Vna%?4c#OaZj&a2X0a+J@}$UhBJWAhXCn8A=9"
    "<WE>RVDrQ8WiTcH3Tj*l3fs5cs)|g!4f(JJ5tz?8O(at7=~ldh;WxQ){fD)!m3`(1H$RvY9;B!?=S0aD>p6O"
    "m_A6mk_7Lp2jyT0ep3$`b9$PS68n<`tOVN-rwkbw1`XfHw-s00qcYWNr9X?=&lCx{(L%<KRbtw<Q0%aE<TcW"
    "0qN8@#d+#<?p$_^9H*C3Uw}7v*$g6!HiMu9Nh8TL!cvY(s6@z`xw~K9CWnX2<D!|61E6|LY+|cm;Sw{59Fi8"
    "-g6t5+Hj$U*sT-u+A~H_aQr<q)WEb{LN}nsz+D_x_61+1v*Oa$VxiEX+ackkTxs}Q@1LgDanfK-t+UVFy6Q6"
    "&R=v1BR)=kC})5(>+rF<0G{LA*@Ga|O_mVFk6G0y=-h>EP%cy`o6&9LW+*=iZK5;o7ra~hwmi(z|_S+iHY#A"
    "Kea49^fA&+r8!ATtxgPU3kCAJv%eRXs)w54j_4hd&X3hK7cQhK7cQ#(xb}y%xwzsN23K@N2)<{;o4msiHrV{"
    "IfWS9R0@VQn?pd%JUen%YW9xqnu}{6>^;Kg^WWqdLE+~7CT1k_FuZTsoMXuVq)aag;2fYSL(6zFOUBND#_Hv"
)

HEADER = ["id", "day", "at", "amount", "ok", "name"]
KINDS = {
    "id": "text",
    "day": "date",
    "at": "datetime",
    "amount": "money",
    "ok": "boolean",
    "name": "text",
}
ROW = [
    17,
    date(2026, 1, 5),
    datetime(2026, 1, 5, 13, 30),
    1234.5,
    True,
    "Zoë & Söhne".replace("&", "&amp;"),
]


def source(folder: Path, rows, kinds=KINDS, merged="", **table):
    workbook(folder / "t.xlsx", rows, merged)
    columns = {c: {"type": k} for c, k in kinds.items()}
    return opened(folder, {"t": {"path": "t.xlsx", "columns": columns, **table}})


def test_cells_come_back_as_what_they_are(tmp_path):
    text = ["A-1", "2026-01-06", "2026-01-06 08:00", "7.25", "no", " "]
    with source(tmp_path, [[None] * 6, HEADER, ROW, [None] * 6, text]) as opened_source:
        assert values(opened_source, *HEADER) == [
            ("17", date(2026, 1, 5), datetime(2026, 1, 5, 13, 30), 1234.5, True, "Zoë & Söhne"),
            ("A-1", date(2026, 1, 6), datetime(2026, 1, 6, 8), 7.25, False, None),
        ]
        assert opened_source.fingerprint("t").startswith("sha256:")


@pytest.mark.parametrize(
    ("rows", "merged", "words"),
    [
        ([], "", "is empty"),
        ([HEADER], "", "a header and no rows"),
        ([["id", None, *HEADER[1:]], ROW], "", "sheet 'Orders' B1: a column without a name"),
        ([HEADER, ROW], "A1:B1", "A1: 'id' the header has merged cells"),
        (
            [HEADER, ROW, ROW],
            "A2:A3",
            "merged cells: unmerge them and fill in every row (1 row, for example A2)",
        ),
        ([[*HEADER, "id"], [*ROW, 1]], "", "'id' stands 2 times in the header"),
        ([HEADER[1:], ROW[1:]], "", "'id' is not a column of this sheet. Choices: 'day'"),
        (
            [HEADER, [*ROW[:3], ERROR, True, "x"]],
            "",
            "holds cells with an Excel error: correct their formulas "
            "(1 row, for example D2 #DIV/0!)",
        ),
        ([HEADER, [*ROW[:3], "1,234", True, "x"]], "", "may be a decimal or a thousand"),
        ([HEADER, [17, 45000, *ROW[2:]]], "", "row 2: '45000'"),
        ([HEADER, [*ROW[:3], date(2026, 1, 5), True, "x"]], "", "row 2: '2026-01-05'"),
    ],
)
def test_what_is_refused_and_how(tmp_path, rows, merged, words):
    with source(tmp_path, rows, merged=merged) as opened_source:
        assert words in said(opened_source), said(opened_source)


def test_sheets_by_name_and_broken_workbooks(tmp_path):
    with source(tmp_path, [HEADER, ROW], sheet="Order") as opened_source:
        assert "'Order' is not a sheet of this workbook. Did you mean 'Orders'?" in said(
            opened_source
        )
    whole = (tmp_path / "t.xlsx").read_bytes()
    columns = {"id": {"type": "text"}}
    for i, broken in enumerate(
        (b"", b"PK\x03\x04junk", whole[:400], whole.replace(b"sheet", b"sh\0et"))
    ):
        (tmp_path / f"b{i}.xlsx").write_bytes(broken)
        with opened(tmp_path, {"t": {"path": f"b{i}.xlsx", "columns": columns}}) as opened_source:
            assert "workbook" in said(opened_source), said(opened_source)


def test_a_workbook_of_another_zip_or_with_changed_texts_is_refused(tmp_path):
    """The reader itself takes both: it looks neither at the version of a part nor at its checksum."""
    strange = {"t": {"path": "strange.xlsx", "columns": {"id": {"type": "text"}}}}
    workbook(tmp_path / "t.xlsx", [HEADER, ROW])
    whole = (tmp_path / "t.xlsx").read_bytes()
    # bytes 6 and 7 of a part's entry in the list at the end: the version that is needed to unpack it
    at = whole.index(b"PK\x01\x02")
    newer = whole[: at + 6] + b"\x79\x00" + whole[at + 8 :]
    (tmp_path / "texts.xlsx").write_bytes(whole)
    with ZipFile(tmp_path / "texts.xlsx", "a") as book:
        book.writestr("xl/sharedStrings.xml", "<sst><si><t>north</t></si></sst>")
    changed = (tmp_path / "texts.xlsx").read_bytes().replace(b"<t>north</t>", b"<t>south</t>")
    for broken in (newer, changed):
        (tmp_path / "strange.xlsx").write_bytes(broken)
        with opened(tmp_path, strange) as opened_source:
            assert "the workbook is damaged" in said(opened_source), said(opened_source)


def test_errors_of_an_open_document(tmp_path):
    office, table = (
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    )
    extra, text = (
        "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
        "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    )

    def cell(words, kind="string", more=""):
        start = f'<table:table-cell office:value-type="{kind}" {more}>'
        return f"{start}<text:p>{words}</text:p></table:table-cell>"

    wrong = cell("#DIV/0!", more='calcext:value-type="error" table:formula="of:=1/0"')
    number = cell("2,5", "float", 'office:value="2.5"')
    day = cell("5.1.", "date", 'office:date-value="2026-01-05"')

    def write(rows):
        content = (
            f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" '
            f'xmlns:text="{text}" '
            f'xmlns:calcext="{extra}"><office:body><office:spreadsheet><table:table table:name="S">'
            + "".join(f"<table:table-row>{r}</table:table-row>" for r in rows)
            + "</table:table></office:spreadsheet></office:body></office:document-content>"
        )
        with ZipFile(tmp_path / "t.ods", "w") as book:
            book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            book.writestr(
                "META-INF/manifest.xml",
                "<manifest:manifest xmlns:manifest="
                '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            )
            book.writestr("content.xml", content)

    header = cell("a") + cell("d")
    tables = {"t": {"path": "t.ods", "columns": {"a": {"type": "number"}, "d": {"type": "date"}}}}
    write([header, number + day])
    with opened(tmp_path, tables) as opened_source:
        assert values(opened_source, "a", "d") == [(2.5, date(2026, 1, 5))]
    write([header, number + day, wrong + day])
    with opened(tmp_path, tables) as opened_source:
        assert "A3 #DIV/0!" in said(opened_source)


def test_errors_of_a_binary_workbook(tmp_path):
    """Records as [MS-XLSB] 2.1.4 lays them out: number, size, body."""

    def record(kind, body):
        head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return head + bytes([len(body)]) + body

    def wide(text):
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def place(column):
        return struct.pack("<II", column, 0)

    bundle = record(156, struct.pack("<II", 0, 1) + wide("r1") + wide("S"))
    cells = (
        record(0, struct.pack("<I", 4) + bytes(13))
        + record(3, place(2) + b"\x07")
        + record(2, place(3) + bytes(4))
        + record(0, struct.pack("<I", 9) + bytes(13))
        + record(11, place(0) + b"\x2a" + bytes(6))
    )
    with ZipFile(tmp_path / "t.xlsb", "w") as book:
        book.writestr("xl/workbook.bin", bundle)
        book.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" '
            f'Type="{OFFICE}/worksheet" Target="worksheets/s.bin"/></Relationships>',
        )
        book.writestr("xl/worksheets/s.bin", cells)
    found = list(error_cells(tmp_path / "t.xlsb", "S", "t.xlsb"))
    assert found == [(4, 2, "#DIV/0!"), (9, 0, "#N/A")]


def test_an_old_workbook_and_its_errors(tmp_path):
    (tmp_path / "t.xls").write_bytes(zlib.decompress(base64.b85decode(OLD_WORKBOOK)))
    kinds = {"id": {"type": "text"}, "day": {"type": "date"}}
    with opened(
        tmp_path, {"t": {"path": "t.xls", "sheet": "Orders", "columns": kinds}}
    ) as opened_source:
        assert values(opened_source, "id", "day") == [
            ("A", date(2026, 1, 5)),
            ("B", date(2026, 1, 6)),
        ]
    kinds["amount"] = {"type": "money"}
    with opened(tmp_path, {"t": {"path": "t.xls", "columns": kinds}}) as opened_source:
        assert "C3 #DIV/0!" in said(opened_source)
