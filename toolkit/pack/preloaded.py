"""What every notebook needs, imported once before notebooks are forked from it.

Nothing here may open a connection, start a thread or draw: a fork would inherit half of it.
"""

from importlib import import_module

import altair  # noqa: F401
import duckdb  # noqa: F401
import ibis.backends.duckdb.converter  # noqa: F401
import ibis.formats.pandas  # noqa: F401
import ibis.formats.pyarrow  # noqa: F401
import IPython  # noqa: F401
import nbformat
import numpy  # noqa: F401
import pandas  # noqa: F401
import papermill  # noqa: F401
import papermill.translators  # noqa: F401
import pyarrow.pandas_compat  # noqa: F401
import scipy.optimize  # noqa: F401
import scipy.stats  # noqa: F401
import statsmodels.api  # noqa: F401

import toolkit.pack.in_process  # noqa: F401
from toolkit import HOMES

for _home in dict.fromkeys(HOMES.values()):
    import_module(_home)

nbformat.validate(nbformat.v4.new_notebook())  # what notebooks are held to is read at the first one
