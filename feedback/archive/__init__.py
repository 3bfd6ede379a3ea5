"""Past what fits into memory: a corpus in parts on disk, worked on by the processes of one machine or by a Dask cluster."""

from feedback.archive._archive import Archive, Done

__all__ = ["Archive", "Done"]
