"""Codes, codebooks and codings: what is looked for, and where it was found."""

from feedback.codebook._codings import ABOUTS, CATEGORIES, POLARITIES, Coding, Codings, Discourse
from feedback.codebook._model import Code, Codebook, NearMiss

__all__ = ["ABOUTS", "CATEGORIES", "POLARITIES", "Code", "Codebook", "Coding", "Codings", "Discourse", "NearMiss"]
