"""A fit as one page that opens without a network, and the sentences and tables on it."""

from coldspin.outputs.fit_report.page import report_html, write_report
from coldspin.outputs.fit_report.sentences import product, summary_lines
from coldspin.outputs.fit_report.tables import fixed_table

__all__ = ["fixed_table", "product", "report_html", "summary_lines", "write_report"]
