"""Briefs: needs printed so that every number and quote can be opened and checked again; sheets to fill in."""

from feedback.briefs._brief import Brief, brief, write_whole
from feedback.briefs._stamp import stamp_of
from feedback.briefs._verify import Verification, verify
from feedback.briefs._workbooks import SHEETS, answers_in, matrix_cells, read_sheet, sheet, words_of

__all__ = [
    "SHEETS", "Brief", "Verification", "answers_in", "brief", "matrix_cells", "read_sheet", "sheet", "stamp_of", "verify",
    "words_of", "write_whole",
]  # fmt: skip
