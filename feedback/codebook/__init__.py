"""Codes, codebooks and codings: what is looked for, and where it was found."""

from feedback.codebook._codings import Coding, Codings, Discourse
from feedback.codebook._model import Code, Codebook

__all__ = ["Code", "Codebook", "Coding", "Codings", "Discourse"]
