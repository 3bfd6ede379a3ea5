"""Out to other tools and back: tidy tables with a loss report."""

from feedback.exchange._tidy import export, read_codings

__all__ = ["export", "read_codings"]
