"""What belongs to a finding at its edges: an article, the rest of a number, letters read out one by one, how an account begins."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from feedback.privacy._lexicon import fold
from feedback.privacy._said import number, words_of
from feedback.privacy._types import Hit

__all__ = ["core", "grown"]

ARTICLE = re.compile(r"(?i)(?<!\w)(?:the|el|la|los|las|(?:la|el|los|las) de (?:los|las|la)) $")
_ARTICLES = re.compile(r"^(?:the|el|la|los|las) (?=\w)")
_NAMES = ("person", "org", "place")
_APART = frozenset({"other", "disclosure", "date"})
_OF = re.compile(r"(?i) (?:de|del|de la|de los|de las|of|of the|for|on|at) ")
_WIDOW = re.compile(r"(?i),? (?:viuda|vda\.?) de ")
_NUMBERS = ("id", "phone")
_CALLED = ("handle", "email", "url")
_OUTER = ".,;:!?¡¿()[]{}\"'“”‘’…—–"
_LETTER = (
    r"(?:[b-df-hj-np-tv-xz]|a|ñ|bee|cee|dee|eff|gee|aitch|jay|kay|ell|em|pee|cue|ess|tee|vee|ex|zee|double ?(?:u|you)|doble u|efe|ge|hache|jota|ka|ele|eme|ene|eñe|pe|cu|erre|uve|equis|ye|zeta|i griega|be|ce)"
)
_SPELT = rf"(?:{_LETTER}|te|de|ese|ve|[eiouy]|ere|ar|why|oh)"
_LIKE = r"(?:(?: as in| like in| for| de| como en) [^\W\d_]+| grande| chica)?"
_JOIN = r"(?:[ ,]{1,2}(?:dash|gui[oó]n|hyphen|slash|diagonal|dot|punto|space|espacio)|-)?[ ,.-]{1,2}"
_BEFORE = re.compile(rf"(?i)(?<![\w'’])(?:{_LETTER}(?:{_LIKE}{_JOIN}|(?: as in| like in| for| de| como en) ))+$")
_AFTER = re.compile(
    rf"(?i)(?:{_JOIN}{_LETTER}(?: as in [^\W\d_]+| grande| chica| de [^\W\d_]+(?= ?,))?(?![\w'’]))+|,? (?:dash|gui[oó]n|hyphen) {_SPELT}(?![\w'’])| as in [^\W\d_]+"
)
_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|\d)"
_MORE = re.compile(rf"(?i)(?:{_JOIN}{_DIGIT}(?!\w)){{2,}}")
_HANGING = re.compile(rf"(?i)(?<=guion|guión|.dash) {_SPELT}(?![\w'’])")
_LETTERS_BEFORE = re.compile(rf"(?i)(?<![\w'’])(?:{_SPELT}[ ,]{{1,2}}){{2,}}$")
_FILLED = re.compile(r"(?i),? (?:all|no|just|todo|sin|and|y)?,? ?")
_BEGUN = re.compile(
    r"(?i)(?<!\w)(?:is|it['’]?s|was|es|era|soy|account|cuenta|handle|usuario|user ?name|user|perfil|page|name|called|llama|llamo|add|find|follow|search|sigan|b[uú]sca\w*|sigue\w*|agr[eé]ga\w*|ig|insta(?:gram)?|"
    r"snap(?:chat)?|tik ?tok|discord|twitter|face(?:book)?|roblox|at|arroba|as|como) (?P<words>(?:[\w'’]+ ){1,4})$"
)
_NO_NAME = frozenset(["on", "in", "en", "at", "the", "my", "mi", "su", "her", "his", "their", "and", "y", "or", "o", "to", "for", "para", "con", "with", "like", "that", "que", "so", "a", "an", "un", "una", "is", "es", "was", "it", "its", "i"])


def grown(hits: Sequence[Hit], text: str) -> list[Hit]:
    """Let findings take along what belongs to them, so that what is left beside a placeholder tells nothing.

    A name or a date its article ("the Landing", "la de los Olivos"), a number its letters ("b as in boy", "ele, a, guion") and whatever
    is written with it without a space, an account the words it begins with ("is little bit of lulu seven one").
    """
    out = list[Hit]()
    for hit in (_grown(h, text) for h in hits):
        last = out[-1] if out else None
        if last is not None and _one(last, hit, text):
            surer = max(last, hit, key=lambda h: (h.detector.startswith("roster"), h.score))  # what it blocks stays blocked
            out[-1] = replace(last, end=max(last.end, hit.end), detector=surer.detector, score=min(last.score, hit.score))
        else:
            out.append(hit)
    return out


def _one(last: Hit, hit: Hit, text: str) -> bool:
    """Whether two findings are one: they meet, or only "de la" stands between a home and whom it is called after."""
    between = text[last.end : hit.start] if last.end < hit.start else ""
    if not between:
        return not {last.kind, hit.kind} & _APART and not last.detector.startswith("ages") and not hit.detector.startswith("ages")
    if hit.kind == "email" and last.kind in ("person", "handle", "email", "org"):
        return _FILLED.fullmatch(between) is not None
    if last.kind == "org" and hit.kind in _NAMES:
        return _OF.fullmatch(between) is not None
    return last.kind == hit.kind == "person" and _WIDOW.fullmatch(between) is not None


def _number(said: str) -> bool:
    """Whether words are mostly a number read out, whatever they were taken for."""
    parts = words_of(said)
    return sum(number(w.word) for w in parts) > 2


def _grown(hit: Hit, text: str) -> Hit:
    if hit.detector.startswith(("ages", "rare", "only")) or hit.kind == "disclosure":
        return hit
    hit = _whole(hit, text)
    if (hit.kind in (*_NAMES, "date") or hit.detector.startswith("vocabulary")) and (m := ARTICLE.search(text, max(0, hit.start - 16), hit.start)):
        hit = replace(hit, start=m.start())
    if hit.kind in _NUMBERS or _number(text[hit.start : hit.end]):
        if m := _BEFORE.search(text, max(0, hit.start - 60), hit.start):
            hit = replace(hit, start=m.start())
        for rest in (_HANGING, _AFTER, _MORE):
            if m := rest.match(text, hit.end):
                hit = replace(hit, end=m.end())
    if hit.kind in _CALLED and (m := _LETTERS_BEFORE.search(text, max(0, hit.start - 60), hit.start)):
        hit = replace(hit, start=m.start())
    if hit.kind in _CALLED and (m := _BEGUN.search(text, max(0, hit.start - 60), hit.start)):
        words = m["words"].split()
        while words and fold(words[0]) in _NO_NAME:
            words = words[1:]
        if words:
            hit = replace(hit, start=hit.start - len(m["words"]) + m["words"].index(words[0]))
    return hit


def _whole(hit: Hit, text: str) -> Hit:
    """The whole of what is written in one piece, where figures or signs of an account are in it: "23-LJP-00917"."""
    a, b = hit.start, hit.end
    while a and not text[a - 1].isspace():
        a -= 1
    while b < len(text) and not text[b].isspace():
        b += 1
    while a < hit.start and text[a] in _OUTER:
        a += 1
    while b > hit.end and text[b - 1] in _OUTER:
        b -= 1
    more = text[a : hit.start] + text[hit.end : b]
    told = sum(c.isdigit() for c in text[a:b]) > 2 or any(c in "@_#" for c in more)
    return replace(hit, start=a, end=b) if more and told and hit.kind != "url" else hit


def core(words: str) -> str:
    """Folded words without the article before them: with and without it they are one word to decide.

    >>> core("la kimberly")
    'kimberly'
    """
    return _ARTICLES.sub("", words)
