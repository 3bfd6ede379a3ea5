"""`Name: words`: when the part before a colon is a speaker, and when it is only a colon in what somebody says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from feedback.ingest._roles import role_of_label
from feedback.ingest._words import plain

__all__ = ["clean_label", "is_code_label", "is_name", "speakers_among", "split_label"]

_SPLIT = re.compile(r"^(?P<pre>\W{0,3}?)(?P<label>[^\W_][^:\n<>]{0,62}?)\s*:(?!//)(?:\s+|(?=[^\d\s])|$)", re.UNICODE)
_CODE_LABEL = re.compile(
    r"^(?:(?:unknown |unidentified )?(?:speaker|participant|participante|persona|person|hablante|orador|respondent"
    r"|entrevistad[oa]|student|youth|parent|caregiver|teen|mom|dad|mother"
    r"|father|mam[aá]|madre|padre|familia|joven|jovenes|provider|teacher|male|female|man|woman|boy|girl|voice|caller"
    r"|member|guest|attendee|group|table|stakeholder|staff)"
    r"(?:\s*(?:#|no\.?)?\s*(?:\d{1,3}|[a-z]|one|two|three|four|five|six|seven|eight))?|[a-z]{1,3}[- ]?\d{1,3}"
    r"|speaker_\d+|spk_\d+|several|all|multiple|multiple speakers|group|todas|todos|varias|unknown|crosstalk)"
    r"(?:\s*[(/,].{1,40})?$",
    re.I,
)
_NUMBERED = re.compile(r"^[^\W\d_]{2,14}(?: [^\W\d_]{2,14})?\s?#?\d{1,2}$")
_THING = re.compile(
    r"(?:q|question|step|part|page|item|option|idea|topic|grade|room|chapter|section|version|day|week|year|line|"
    r"route|bus|spa|number|group|session|slide|act|figure"
    r"|pregunta|paso|parte|tema|grado|cuarto|d[ií]a|semana|a[ñn]o|ruta|n[uú]mero|grupo|sesi[oó]n|mesa|table|"
    r"round|age|ages)\b",
    re.I,
)
_NEVER_LIST = """
    note notes nb idea ideas example question questions answer why how what when where who because so and but
    then also warning action actions todo to-do url http https time date topic summary update ps reminder
    important conclusion result results quote ps1 e.g i.e etc step rule the rule is problem solution nota
    ejemplo idea pregunta respuesta porque entonces tema fecha hora resumen sesion session agenda
"""
_NEVER = frozenset(_NEVER_LIST.split())
_INSIDE = re.compile(
    r"[.!?;…]\s|[\"“”]|\b(?:is|are|was|were|said|says|goes|like|that|the|and then|es|dice|dijo|dijeron|que|"
    r"called|means)\b.*$",
    re.I,
)


def clean_label(label: str) -> str:
    """Drop the dress of a label: asterisks, brackets, trailing colon or dash."""
    return re.sub(r"\s+", " ", re.sub(r"^[\s*_\[\]<>:#–—•-]+|[\s*_\[\]<>:#–—•-]+$", "", label)).strip()


def split_label(line: str) -> tuple[str, str] | None:
    """Split `Label: words` where the line could be that; the two parts and the colon are the whole line.

    >>> split_label("P3 (she/her): no bus"), split_label("at 10:30 we left"), split_label("no label here")
    (('P3 (she/her)', 'no bus'), None, None)
    """
    m = _SPLIT.match(
        re.sub(r"^\s*\*\*(.{1,64}?):?\*\*\s*:?\s*", r"\1: ", line) if line.lstrip().startswith("**") else line
    )
    if not m:
        return None
    rest = (m.string)[m.end() :].strip()
    label = clean_label(m["label"])
    return (label, rest) if label and not label.isdigit() else None


def is_code_label(label: str) -> bool:
    """Say whether a label by itself is surely a speaker's: a role (`Facilitator`) or a code (`Speaker 1`, `P3`)."""
    numbered = _NUMBERED.match(label)
    return (
        bool(_CODE_LABEL.match(label))
        or bool(numbered and not _THING.match(label))
        or role_of_label(label) not in (None, "heading")
    )


def speakers_among(labels: Iterable[str], *, lines: int) -> set[str]:
    """Return which of the candidate labels are speakers, given how often each begins one of `lines` lines.

    A code or role is one at once; a name has to look like one and come twice, or stand among lines that mostly have labels.
    """
    counts = Counter(labels)
    sure = {x for x in counts if is_code_label(x) and plain(x) not in _NEVER and (len(x) > 1 or counts[x] > 1)}
    named = {x for x in counts if x not in sure and _looks_like_name(x)}
    repeated = {x for x in named if counts[x] > 1}
    labelled = sum(counts[x] for x in sure | repeated)
    if lines and labelled >= 0.5 * lines and len(sure | repeated) >= 1:
        repeated |= {x for x in named if len(x.split()) >= 2 or x[:1].isupper()}
    if not sure and not repeated and lines and len(named) >= 2 and sum(counts[x] for x in named) >= 0.8 * lines:
        repeated = named
    return sure | repeated


def is_name(label: str) -> bool:
    """Say whether a label is a code, or two or more words each beginning with a capital letter."""
    return is_code_label(label) or (
        _looks_like_name(label) and len(label.split()) >= 2 and all(w[0].isupper() for w in label.split() if len(w) > 2)
    )


def _looks_like_name(label: str) -> bool:
    words = label.split()
    if plain(label) in _NEVER or not words or len(words) > 6 or _INSIDE.search(label):
        return False
    if words[0].lower() in _NEVER and len(words) < 3:
        return False
    big = [w for w in words if w[0].isupper() or w[0] in "(["]
    small = [
        w
        for w in words
        if w not in big
        and w.lower() not in ("de", "la", "del", "los", "y", "von", "van", "da", "di", "al", "the", "of", "bin")
    ]
    return bool(big) and big[0] is words[0] and not small
