"""A page as a tagged PDF, printed from the same HTML; nothing is fetched while printing."""

from __future__ import annotations

import logging

from feedback.briefs._html import render as as_html
from feedback.briefs._page import Page
from feedback.errors import NotInstalled


def render(page: Page) -> bytes:
    """Render a page as PDF/UA-1; raises NotInstalled where the machine lacks Pango."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError as err:
        raise NotInstalled(
            "PDF needs the Pango library: on Debian or Ubuntu, `apt-get install libpango-1.0-0 libpangoft2-1.0-0`; "
            "or save the brief as .html or .docx"
        ) from err
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    fetcher = URLFetcher(allowed_protocols={"data"})
    pages = weasyprint.HTML(string=as_html(page), url_fetcher=fetcher)
    style = weasyprint.CSS(
        string="@page { size: Letter; margin: 1.7cm 1.9cm; @bottom-right { content: counter(page) ' / ' counter(pages); } }"
    )
    raw: bytes = pages.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1", pdf_tags=True, pdf_identifier=b"feedback")
    return raw
