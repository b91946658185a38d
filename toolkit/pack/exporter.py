"""nbconvert's door to a page: one notebook by itself, ``jupyter nbconvert --to toolkit.pack.page.PageExporter``."""

from __future__ import annotations

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Unicode

from toolkit.pack.context import PageContext
from toolkit.pack.page import render_page


class PageExporter(Exporter):
    """``jupyter nbconvert --to toolkit.pack.page.PageExporter``: a page of one notebook by itself."""

    export_from_notebook = "Page"
    output_mimetype = "text/html"
    company = Unicode("", help="the company's name on the page").tag(config=True)
    period = Unicode("", help="the period's name on the page").tag(config=True)

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **kw: object
    ) -> tuple[str, dict]:
        """nbconvert's own door."""
        copy, resources = super().from_notebook_node(nb, resources, **kw)
        title = resources.get("metadata", {}).get("name", "notebook")
        return render_page(
            copy, PageContext("page", title, self.company, "", self.period)
        ), resources
