"""From documents as they arrive to sessions: one verb, `read`."""

from feedback.ingest._folder import read

__all__ = ["read"]
