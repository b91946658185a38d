from __future__ import annotations

import pytest

from toolkit.company.places import MOST_BYTES, read_yaml, scalar
from toolkit.problems import Refused


def read(text: str):
    return read_yaml(text.encode(), "p.yaml")


def said(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    try:
        done = read_yaml(raw, "p.yaml")
    except Refused as refused:
        return str(refused)
    return "\n".join(str(p) for p in done.places.problems(list(done.found)))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True), ("false", False), ("no", "no"), ("on", "on"), ("yes", "yes"), ("off", "off"),
        ("y", "y"), ("007", "007"), ("0", 0), ("-12", -12), ("+351", "+351"), ("1_000", "1_000"),
        ("0x1F", "0x1F"), ("0o17", "0o17"), ("12:30:45", "12:30:45"), ("1e-3", 0.001), ("1.5", 1.5),
        ("-.5", -0.5), ("1.", 1.0), ("00.5", "00.5"), (".inf", ".inf"), (".nan", ".nan"),
        ("2026-09-30", "2026-09-30"), ("null", None), ("~", None), ("", None), ("none", "none"),
        ("12345678901234567890", "12345678901234567890"), ("1" * 5000, "1" * 5000), (".", "."),
        ("-", "-"), ("e5", "e5"), ("=", "="), ("٣", "٣"),
    ],
)  # fmt: skip
def test_plain_scalars_are_read_as_yaml_1_2_reads_them(written, meant):
    assert scalar(written) == meant
    assert type(scalar(written)) is type(meant)


def test_quoted_and_block_scalars_are_always_text():
    data = read("a: '1'\nb: \"true\"\nc: |\n  5\nd: >-\n  null\n").data
    assert data == {"a": "1", "b": "true", "c": "5\n", "d": "null"}


def test_keys_are_text_as_they_are_written():
    assert read("0: a\n007: b\ntrue: c\nno: d\n1.10: e\n").data == {
        "0": "a", "007": "b", "true": "c", "no": "d", "1.10": "e",
    }  # fmt: skip


def test_every_value_has_line_and_column():
    places = read("a: 1\nb:\n  c: [x,\n      y]\n  d:\n    - e: 5\n").places
    assert places.spot("a") == (1, 4)
    assert places.spot("b") == (2, 1)
    assert places.spot("b", "c", 1) == (4, 7)
    assert places.spot("b", "d", 0, "e") == (6, 10)
    assert places.place("b", "d", 0, "e") == "p.yaml:6 b.d[0].e"
    assert places.place("b", "absent", "deeper") == "p.yaml:2 b.absent.deeper"
    assert places.place() == "p.yaml:1"


def test_an_alias_repeats_a_value_and_stands_where_it_was_written():
    done = read("a: &x {k: [1, 2]}\nb: *x\n")
    assert done.data == {"a": {"k": [1, 2]}, "b": {"k": [1, 2]}}
    assert done.data["a"] is not done.data["b"]
    assert done.found == ()
    assert done.places.spot("b", "k", 1) == (1, 15)


def test_odd_keys_cannot_disturb_a_message():
    assert read("'a\\nb: 1': 2\n").places.place("a\nb") == "p.yaml:1 'a\\x0ab'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "p.yaml:3: 'a' stands twice as a key, first in line 1: remove one"),
        ("1: a\n'1': b\n", "p.yaml:2: '1' stands twice as a key, first in line 1: remove one"),
        ("a:\n\t- b\n", "p.yaml:2: '- b' a tab cannot indent a line: use spaces"),
        ("a: 1\nb: 'x\nc: 1\n", "p.yaml:2: 'b: 'x' a quote that opens here is never closed"),
        ("a: @b", "p.yaml:1: 'a: @b' a text that begins with '@' needs quotes"),
        ("a: b: c", "a text with ': ' in it needs quotes"),
        ("a: [1, 2\nb: 1\n", "a bracket is never closed, or a comma is missing"),
        ("a: *x", "'x' refers to no '&' anchor above it"),
        ("a: &x [1, *x]", "'x' refers to itself"),
        ("<<: {a: 1}", "'<<' is a merge key, which is not read"),
        ("a: 1\n---\nb: 2\n", "p.yaml:2: a second document begins here: one file, one company"),
        ("? [a]\n: b", "a key must be text, not a list"),
        ("'': b", "p.yaml:1: a key is missing before the ':'"),
        ("~: b", "a key is missing before the ':'"),
        ("' a': b", "' a' begins or ends with a space: a key must not"),
        ('a: "\\0"', "holds a character that is no text"),
        ("a: 1\nb: \x07", "p.yaml:2: holds a control character (U+0007): remove it"),
        (b"a: 1\nb: \xe9\n", "p.yaml:2: is not UTF-8 (byte 0xe9): save the file as UTF-8"),
        ("a: 1".encode("utf-16"), "p.yaml: is written in UTF-16: save it as UTF-8"),
        ("a: !!python/object/apply:os.system ['id']", "python/object/apply:os.system' is a tag"),
        ("a: !!str 007", "is a tag: tags are not read"),
        ("a: ! 7", "is a tag"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, expected):
    assert expected in said(text)


def test_a_byte_order_mark_is_no_part_of_the_first_key():
    assert read_yaml(b"\xef\xbb\xbfa: 1\n", "p.yaml").data == {"a": 1}


def test_several_mistakes_are_told_together_in_the_order_of_the_file():
    lines = said("a: 1\na: 2\nb: !x 3\n<<: 4\n").splitlines()
    assert [line.split(": ")[0] for line in lines] == ["p.yaml:2", "p.yaml:3", "p.yaml:4"]


def test_a_password_in_a_broken_line_is_not_repeated():
    text = said("source: postgres://bob:s3cr@t@db/x: y\n")
    assert "s3cr" not in text and "postgres://bob:***@db/x" in text


def billion_laughs(levels: int, width: int) -> str:
    lines = ["a0: &a0 [x]"]
    for i in range(1, levels):
        lines.append(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * width)}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (billion_laughs(10, 10), "holds more than 50,000 values"),
        (billion_laughs(1000, 1), "levels deep by its aliases"),
        ("[" * 100_000, "is nested more than 30 levels deep"),
        ("{a: " * 100_000, "is nested more than 30 levels deep"),
        ("- " * 50_000, "is nested more than 30 levels deep"),
        ("a: " + "x" * MOST_BYTES, f"is larger than {MOST_BYTES:,} bytes"),
        ("- 1\n" * 60_000, "holds more than 50,000 values"),
    ],
)
def test_a_file_that_would_explode_is_refused_before_it_does(text, expected):
    assert expected in said(text)  # unbounded, the first one alone would need days


def test_the_pure_python_parser_reads_the_same(monkeypatch):
    import yaml

    from toolkit.company import places

    text = "a: &x [1, no, 007]\nb: *x\n'c': {d: 'e', f: |\n  g\n}\n".replace("|\n  g\n", "g")
    quick = read(text)
    monkeypatch.setattr(places, "_Loader", yaml.SafeLoader)
    assert read(text).data == quick.data
    assert read(text).places.spots == quick.places.spots
    assert "a tab cannot indent a line" in said("a:\n\t- b\n")
    assert "needs quotes" in said("a: b: c")
