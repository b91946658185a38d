"""A params file of another form: migrated with a note, or refused by name."""

from __future__ import annotations

import copy

import pytest

from toolkit.company import migrations
from toolkit.company.load import load_company
from toolkit.company.migrations import migrated


def goals_were_aims(raw):
    """Form 7 called goals aims."""
    if "aims" not in raw:
        return raw, ()
    rest = {k: v for k, v in raw.items() if k != "aims"}
    return {**rest, "goals": raw["aims"]}, ("'aims' is called 'goals'",)


def company_was_flat(raw):
    """Form 8 had the company's name by itself."""
    return {**{k: v for k, v in raw.items() if k != "name"}, "company": {"name": raw["name"]}}, ("'name' stands under 'company'",)


STEPS = {7: goals_were_aims, 8: company_was_flat}


def test_steps_are_chained_and_each_change_is_said():
    old = {"version": 7, "name": "Shop", "aims": {"a": 1}}
    kept = copy.deepcopy(old)
    found = migrated(old, STEPS, present=9)
    assert found.data == {"version": 9, "company": {"name": "Shop"}, "goals": {"a": 1}}
    assert found.notes == ("version 7 to 8: 'aims' is called 'goals'", "version 8 to 9: 'name' stands under 'company'")
    assert old == kept, "what was read stays as it was"
    assert migrated({"version": 8, "name": "Shop"}, STEPS, present=9).notes == found.notes[1:]


def test_the_present_form_is_left_alone():
    data = {"version": 9, "aims": {}}
    assert migrated(data, STEPS, present=9) == migrations.Migrated(data)


@pytest.mark.parametrize(("version", "rule"), [
    (10, "is a newer form than this toolkit reads, which is version 9"),
    (6, "is a form that this toolkit no longer reads; it reads version 9 and migrates version 7 and version 8"),
])  # fmt: skip
def test_another_form_is_refused_by_name(version, rule):
    (found,) = migrated({"version": version}, STEPS, present=9).found
    assert found.loc == ("version",) and found.rule.startswith(rule) and found.value == version


def test_every_older_form_has_a_step():
    assert set(migrations.STEPS) == set(range(migrations.FIRST, migrations.PRESENT))


def test_a_file_of_a_newer_form_is_refused_for_that_alone(told):
    (said,) = told(("version: 1", "version: 2"), ("label: Quarterly", "title: Quarterly"))
    assert said == "shop.yaml:1 version: 2 is a newer form than this toolkit reads, which is version 1: install a newer toolkit"


def test_what_was_changed_goes_with_the_file(written, monkeypatch):
    path = written(("version: 1", "version: 0"), ("packs:", "bundles:"))

    def packs_were_bundles(raw):
        return {**{k: v for k, v in raw.items() if k != "bundles"}, "packs": raw["bundles"]}, ("'bundles' is called 'packs'",)

    monkeypatch.setattr(migrations.migrated, "__defaults__", ({0: packs_were_bundles}, 1))
    file = load_company(path)
    assert list(file.company.packs) == ["quarterly"]
    assert file.migrated == ("version 0 to 1: 'bundles' is called 'packs'",)
