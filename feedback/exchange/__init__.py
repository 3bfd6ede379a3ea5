"""Out to other tools and back: tidy tables, REFI-QDA projects and codebooks, each with a report of what is lost."""

from feedback.exchange._intake import read_codebook, take_in
from feedback.exchange._losses import Loss, Losses
from feedback.exchange._memos import Memo, passed
from feedback.exchange._qdc import read_qdc, write_qdc
from feedback.exchange._read import Incoming, read_qdpx
from feedback.exchange._settle import Imported, settle
from feedback.exchange._tables import read_consult, read_highlights
from feedback.exchange._tidy import Exported, export, read_codings
from feedback.exchange._write import write_qdpx

__all__ = [
    "Exported", "Imported", "Incoming", "Loss", "Losses", "Memo", "export", "passed", "read_codebook", "read_codings",
    "read_consult", "read_highlights", "read_qdc", "read_qdpx", "settle", "take_in", "write_qdc", "write_qdpx",
]  # fmt: skip
