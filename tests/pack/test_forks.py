"""The process that notebooks are forked from: when it goes, nobody waits for it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from toolkit.pack.execute import Order
from toolkit.pack.forks import Server

_WAITS = 8
"""Seconds; a server that cannot import its libraries ends within one."""


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A library that cannot be imported stands before the real one."""
    (tmp_path / "altair.py").write_text("raise ImportError('half installed')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_every_order_ends_with_a_server_that_dies_however_many_come_while_it_does(broken):
    """Orders that come in the moment of its end were never answered: each caller asks again at once."""
    order = Order(str(broken / "any.ipynb"), str(broken / "out.ipynb"), {}, str(broken))

    def asks(server: Server) -> bool:
        for _ in range(200):
            child = server.order(order, str(broken / "answer"))
            if not (child.begun.wait(_WAITS) and child.ended.wait(_WAITS)):
                return False
            assert child.status != 0
        return True

    for _ in range(3):
        server = Server()
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(asks, [server] * 8))
        assert not server.alive


def test_an_order_to_a_server_that_is_gone_has_ended(broken):
    server = Server()
    child = server.order(Order("a", "b", {}, str(broken)), str(broken / "answer"))
    assert child.ended.wait(_WAITS)
    assert child.complaint.strip().splitlines()[-1] == "ImportError: half installed"
    late = server.order(Order("a", "b", {}, str(broken)), str(broken / "answer"))
    assert late.begun.is_set() and late.ended.is_set() and late.status != 0
    assert threading.active_count() < 50
