"""From documents as they arrive to sessions: one verb, `read`."""

from feedback.ingest._columns import columns_of
from feedback.ingest._folder import documents, merge, read, read_bytes, read_file
from feedback.ingest._manifest import Manifest, find_manifest
from feedback.ingest._sheets import delimiter_of
from feedback.ingest._words import language_of

__all__ = [
    "Manifest", "columns_of", "delimiter_of", "documents", "find_manifest", "language_of", "merge", "read", "read_bytes",
    "read_file",
]  # fmt: skip
