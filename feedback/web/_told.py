"""What the package says of a file or a step, in the reader's language: messages with values in them are known by their shape."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from feedback.errors import FeedbackError, ReadError, TableError
from feedback.ingest import language_of
from feedback.store import SETTLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from feedback.codebook import Code
    from feedback.errors import Problem

HERE, HOLE, DEEP = Path(__file__).parent, "{}", 3
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MACHINES = {
    "rules": "the codebook's rules (program)", "model": "the trained model (program)",
    "learned": "the model that learned from people (program)", "topics": "the topics (program)",
    "local": "a language model on this machine (program)",
}  # fmt: skip


@cache
def catalogue(language: str) -> dict[str, str]:
    """English words to those of a language."""
    out: dict[str, str] = {}
    for path in (HERE / f"{kind}{language}.json" for kind in ("codes.", "problems.", "")):
        out |= json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return out


class Said(NamedTuple):
    """Words, and the language they are in: English where no others are known."""

    words: str
    language: str


class Line(NamedTuple):
    """One thing that is wrong: where, what, and what to do."""

    place: Said
    what: Said
    remedy: Said


def told(language: str, words: str, *, deep: int = 0) -> Said:
    """Put a message of the package into a language; what was put into it (a number, a kind of file) is put there, too.

    >>> told("es", "the file is a picture, whatever its name says.").words
    'el archivo es una imagen, diga lo que diga su nombre.'
    """
    known = catalogue(language)
    if not words or words in known or (language == "en" and not _shapes(language)):
        return Said(known.get(words, words), language)
    for shape, key in _shapes(language):
        if (found := shape.fullmatch(words)) is not None:
            values = [told(language, v, deep=deep + 1).words if deep < DEEP else v for v in found.groups()]
            return Said(known[key].format(*values), language)
    return Said(words, "en")


def named(language: str, code: Code) -> Said:
    """A code's name in a language: the codebook's own, or ours for the codebook that comes with the program."""
    if language in code.names or language == "en":
        return Said(code.names.get(language, code.name), language)
    found = catalogue(language).get(code.name)
    return Said(found or code.name, language if found else "en")


def written(language: str, words: str, other: str = "") -> Said:
    """Words of the organisation's own plan, in a language: `other` where somebody wrote them in it, else as they stand."""
    if language != "en" and other:
        return Said(other, language)
    found = language_of(words, "en")
    return Said(words, found if found in ("en", "es") else "en")


def month(language: str, at: str) -> str:
    """A month as people say it.

    >>> month("en", "2025-03"), month("es", "2025-03"), month("es", "?")
    ('March 2025', 'marzo de 2025', '?')
    """
    year, _, number = at.partition("-")
    if not number.isdecimal() or not 0 < int(number) <= len(MONTHS):
        return at
    name = MONTHS[int(number) - 1]
    return f"{catalogue(language)[name]} de {year}" if language == "es" else f"{name} {year}"


def coder(language: str, tagger: str, names: Mapping[str, str]) -> str:
    """Who coded, as a reader should see it: a person by their name (`names`: for signing in -> theirs), or which program.

    >>> coder("en", "human:rio", {"rio": "Rio Vega"}), coder("es", "rules@1", {})
    ('Rio Vega (person)', 'las reglas del libro de códigos (programa)')
    """
    say = catalogue(language)
    kind, _, login = tagger.partition(":")
    if tagger == SETTLED:
        return say.get("what people settled on", "what people settled on")
    if kind == "human":
        name = names.get(login, login)
        same = sum(n == name for n in names.values()) > 1
        return say.get("{name} (person)", "{name} (person)").format(name=f"{name}, {login}" if same else name)
    words = MACHINES.get(re.split("[@-]", tagger)[0], "")
    return say.get(words, words) or tagger


def line(language: str, problem: Problem | dict[str, str]) -> Line:
    """A problem as a page shows it."""
    found = problem if isinstance(problem, dict) else {n: getattr(problem, n) for n in ("place", "what", "remedy")}
    return Line(*(told(language, found.get(n, "")) for n in ("place", "what", "remedy")))


def lines(language: str, error: FeedbackError) -> list[Line]:
    """What an error says, one line a problem."""
    found: Iterable[Problem] = ()
    if isinstance(error, TableError):
        found = error.problems
    elif isinstance(error, ReadError) and error.problem.file:
        found = (error.problem,)
    return [line(language, p) for p in found] or [line(language, {"what": str(error)})]


@cache
def _shapes(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Messages with holes as patterns, those with most words of their own first."""
    keys = sorted((k for k in catalogue(language) if HOLE in k), key=lambda k: (-len(k.replace(HOLE, "")), k))
    return tuple((re.compile("(.+?)".join(re.escape(p) for p in k.split(HOLE)), re.S), k) for k in keys)
