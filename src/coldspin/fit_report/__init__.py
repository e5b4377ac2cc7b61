"""A fit as one page that opens without a network, and the sentences and tables on it."""

from coldspin.fit_report.page import report_html, write_report
from coldspin.fit_report.sentences import product

__all__ = ["product", "report_html", "write_report"]
