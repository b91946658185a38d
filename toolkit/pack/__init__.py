"""From params to a published report.

jobs       which pages a run makes, and with which parameters
execute    one notebook, run by papermill in a process of its own
records    what an executed notebook says: its findings and tables
page       an executed notebook as an HTML page
index      the pack's first page
manifest   what a run was made from
publish    a folder that appears whole or not at all
run        all of it, in order
notebooks  the shipped notebooks in their canonical form
"""
