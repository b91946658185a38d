"""Whatever stands in a params file, it ends in a company or in `Refused`, and it ends."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.company.load import CompanyFile, load_company
from toolkit.company.starter import starter_params
from toolkit.problems import Refused

NASTY = [
    b":", b"- ", b"\t", b"'", b'"', b"{", b"}", b"[", b"]", b"&a ", b"*a", b"!!python/name:os ", b"|",
    b">", b"#", b"%", b"@", b"`", b"---\n", b"...\n", b"<<: *a\n", b"? ", b"\x00", b"\xff", b"\xfe",
    b"\xef\xbb\xbf", b"\r", b"\r\n", b"\xe2\x80\xa8", b"\xc2\x85", b"\\u0000", b"null", b"true", b"no",
    b"1e999", b"-1", b"0", b"99999999999999999999", b".nan", b".inf", b"2026-02-31", b"[]", b"{}",
    b"''", b"x=__import__('os')", b"sum(", b"select", b"\n", b"\n  ", b"\n    ", b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xae", b"__class__", b"${HOME}", b"{{ x }}", b"../../etc", b"(" * 70, b"[" * 40,
]  # fmt: skip
WORDS = [
    b"orders", b"customers", b"customer_id", b"spend", b"spring_mail", b"region", b"date", b"text",
    b"category", b"money", b"metrics", b"columns", b"values", b"path", b"table", b"min", b"max",
    b"pattern", b"format", b"arms", b"key", b"from", b"quantile", b"unit", b"after", b"engine",
]  # fmt: skip


def outcome(path) -> CompanyFile | Refused:
    try:
        return load_company(path, {"ab_test": ("test",)})
    except Refused as refused:
        assert refused.problems
        for problem in refused.problems:
            text = str(problem)
            assert text.isprintable() and len(text) < 3000
            assert problem.place.startswith(str(path)) or problem.place == "company"
        return refused


def mutated(text: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice([1, 1, 1, 2, 3, 8])):
        at = rng.randrange(len(text) + 1)
        until = min(len(text), at + rng.choice([0, 1, 2, 5, 20, 80]))
        move = rng.randrange(5)
        if move == 0:
            text = text[:at] + rng.choice(NASTY) + text[until:]
        elif move == 1:
            text = text[:at] + text[until:]
        elif move == 2:
            text = text[:at] + text[at:until] * 2 + text[until:]
        elif move == 3:
            lines = text.split(b"\n")
            i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
            text = b"\n".join(lines)
        else:
            old = rng.choice(WORDS)
            text = text.replace(old, rng.choice(WORDS + NASTY), 1)
    return text


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_files_are_read_or_refused(tmp_path, good, seed):
    rng = random.Random(seed)
    path = tmp_path / "mutated.yaml"
    kinds = {CompanyFile: 0, Refused: 0}
    texts = [good.encode(), starter_params("../data").encode()]
    for _ in range(500):
        path.write_bytes(mutated(rng.choice(texts), rng))
        kinds[type(outcome(path))] += 1
    assert min(kinds.values()) > 20  # both ends are reached, or the mutations test nothing


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-01-01", "text", "date", "amount > 1", "orders", "customer_id", "["]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def _paths(data, loc=()):
    yield loc
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _paths(value, (*loc, key))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused(tmp_path_factory, good, data):
    import copy
    import json

    from toolkit.company.places import read_yaml

    whole = copy.deepcopy(read_yaml(good.encode(), "").data)
    loc = data.draw(st.sampled_from([p for p in _paths(whole) if p]))
    part = whole
    for step in loc[:-1]:
        part = part[step]
    part[loc[-1]] = data.draw(VALUES)
    path = tmp_path_factory.getbasetemp() / "replaced.yaml"
    text = json.dumps(whole, ensure_ascii=data.draw(st.booleans()))
    path.write_bytes(text.encode("utf-8", "replace"))
    outcome(path)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_refused(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(raw)
    assert isinstance(outcome(path), Refused)
