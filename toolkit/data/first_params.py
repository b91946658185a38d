"""The first params file for a CSV: its columns, one or two KPIs and a pack, every guess marked as one."""

from __future__ import annotations

import json
from datetime import date

from toolkit.data.guessed import Column, Guessed

_DONE = ("deliver", "clos", "resol", "repl", "complet", "end", "paid", "ship")
_MONEY = ("amount", "price", "spend", "revenue", "value", "cost", "charge", "total", "payment")
_LEFT = ("churn", "churned", "left", "gone", "cancelled", "canceled", "closed")
_TENURE = ("tenure", "months", "tenure_months")


def first_params(found: Guessed, folder: str, currency: str = "EUR") -> str:
    """A params file that holds for the file as it is; what was guessed says so, for somebody to confirm.

    Parameters
    ----------
    folder
        Where the file lies, seen from the params file's folder.
    currency
        Of the company; a guess as well.
    """
    time = found.time
    as_of = time.last if time else date.today()
    lines = [
        f"# Written from {found.file} ({found.rows:,} rows). Everything marked 'guess' was guessed from the rows:",
        "# confirm it or put it right, then remove the mark. 'toolkit check' says what does not hold.",
        "version: 1", "", "company:",
        "  id: my_company                # names the folder of the reports",
        "  name: My company",
        f"  currency: {currency}                 # guess",
        f"  as_of: {as_of.isoformat()}             # guess: the last day your data covers; 'yesterday' where it grows every day",
        "", f"folder: {_said(folder)}", "", "tables:", f"  {found.name}:", f"    path: {_said(found.file)}",
    ]  # fmt: skip
    if found.options:
        lines.append(f"    csv: {{{', '.join(f'{k}: {_said(v)}' for k, v in found.options.items())}}}  # guess")
    if found.key:
        lines.append(f"    key: {found.key.name}  # guess: no value of it repeats")
    if time:
        lines.append(f"    time: {time.name}  # guess: what dates a row")
    lines.append("    columns:")
    lines += [f"      {c.name}: {_rules(found, c, as_of)}" for c in found.columns]
    kpis = list(_kpis(found))
    if kpis:
        lines += ["", "# What is measured: ratios of two sums over rows. Is more of it better, or less?", "kpis:"]
        lines += [line for kpi in kpis for line in kpi]
    if staying := _staying(found):
        lines += ["", *staying]
    lines += ["", "quality:", "  label: Is the data good enough?", "", "packs:", "  first:", "    label: First report", "    pages:"]
    if kpis and time:
        lines.append("      - {notebook: kpi_trends, title: What is measured}")
    if staying:
        lines.append("      - {notebook: customer_value, title: Who stays}")
    lines.append("      - {notebook: data_quality, title: Is the data good enough?}")
    return "\n".join(lines) + "\n"


def _rules(found: Guessed, c: Column, as_of: date) -> str:
    rules = [f"type: {c.type}"]
    if c.origin != c.name:
        rules.append(f"from: {_said(c.origin)}")
    if c.type == "category":
        rules.append(f"values: [{', '.join(_said(v) for v in c.values)}]")
    if c.format:
        rules.append(f"format: {_said(c.format)}")
    if c.dated and c.last > as_of:
        rules.append("future: true")
    if c is found.key:
        rules.append("required: true")
    if found.personal(c):
        rules.append("identifier: true")
    return f"{{{', '.join(rules)}}}  # guess"


def _kpis(found: Guessed):
    """At most three: a mean, a share, a duration; a volume where there is none of them."""
    numbers = [c for c in found.columns if c.type == "number" and c.different > _few(found)]
    money = next((c for c in numbers if any(w in c.name for w in _MONEY)), None)
    if mean := money or next(iter(numbers), None):
        form = "money" if mean is money else "number"
        yield _kpi(found, f"mean_{mean.name}", f"Mean of {_words(mean)}", mean.name, form, f"{mean.name} is not null", "higher")
    flags = [c for c in found.columns if c.type == "boolean"]
    left = next((c for c in flags if c.name in _LEFT), None)
    if flag := left or next(iter(flags), None):
        yield _kpi(found, f"share_{flag.name}", f"Share with {_words(flag)}", f"case when {flag.name} then 1 else 0 end", "percent",
                   f"{flag.name} is not null", "lower" if left else "higher")
    elif kind := next((c for c in found.columns if c.type == "category" and 1 < len(c.values)), None):
        value = kind.most.replace("'", "''")
        yield _kpi(found, f"share_{kind.name}", f"Share of {_words(kind)} {kind.most}",
                   f"case when {kind.name} = '{value}' then 1 else 0 end", "percent", f"{kind.name} is not null", "higher")
    start = found.time
    ends = [c for c in found.columns if c.dated and c is not start and start and c.last <= start.last.replace(year=start.last.year + 1)]
    if start and (end := next((c for c in reversed(ends) if any(w in c.name for w in _DONE) and "estimat" not in c.name), None)):
        yield _kpi(found, f"days_to_{end.name}", f"Days until {_words(end)}", f"date_diff('day', {start.name}, {end.name})", "days",
                   f"{end.name} is not null", "lower")
    if start and not (mean or flags):
        yield [*_kpi(found, f"{found.name}_a_day", f"Rows of {found.name} a day", "1", "count", None, "higher"), "    per: day"]


def _kpi(found: Guessed, name: str, label: str, numerator: str, form: str, where: str | None, better: str) -> list[str]:
    lines = [f"  {name[:60]}:  # guess", f"    label: {_said(label)}", f"    table: {found.name}", f"    numerator: {_said(numerator)}"]
    if where:
        lines.append(f"    where: {_said(where)}")
    if found.unit:
        lines.append(f"    unit: {found.unit.name}  # guess: rows of one of them are not independent")
    return [*lines, f"    format: {form}", f"    better: {better}  # guess"]


def _staying(found: Guessed) -> list[str]:
    """Who stays, where each customer has one row with how long and whether gone."""
    tenure = next((c for c in found.columns if c.name in _TENURE and c.type in ("integer", "number") and not c.missing), None)
    left = next((c for c in found.columns if c.name in _LEFT and c.type == "boolean" and not c.missing), None)
    if not (tenure and left and found.key):
        return []
    segment = next((c.name for c in found.columns if c.type == "category" and 2 <= len(c.values) <= 5 and not c.missing), None)
    tail = f", segment: {segment}" if segment else ""
    return ["customers:  # guess: one row a customer, with how long and whether gone", "  label: Who stays",
            f"  staying: {{table: {found.name}, tenure: {tenure.name}, left: {left.name}{tail}, unit: month}}"]


def _few(found: Guessed) -> int:
    return min(20, found.rows // 10)


def _words(c: Column) -> str:
    return c.name.replace("_", " ")


def _said(text: str) -> str:
    """YAML's own double-quoted form, which JSON is."""
    return json.dumps(text, ensure_ascii=False)
