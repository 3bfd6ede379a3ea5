"""Who is who: roles by the label, by what the header says, by who asks the questions; and what kind of talk a unit is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from feedback.corpus import Kind, Role
from feedback.ingest._words import agreement_of, asks, echoes, is_aside, is_housekeeping, is_logistics, plain

__all__ = ["kind_in_notes", "kinds_in_transcript", "main_questions", "role_of_label", "roles_of"]

_LABELS: tuple[tuple[Role, str], ...] = (
    ("notetaker", (r"(?:the )?(?:note ?-?takers?|notes?(?: by)?|nts?|scribe|recorder|observer|apuntes|notas?|nota del .*"
                  r"|relator\w*|anotador\w*|apuntador\w*|tomador\w*(?: de notas)?|transcriber(?:'?s note)?)")),
    ("interpreter", r"(?:the |la |el )?(?:interpreters?|interp|interprete|translator|traductor\w*|intérprete)"),
    ("facilitator", (r"(?:the |la |el )?(?:lead |co-? ?)?(?:facilita\w+|fac|facil|f|mod|moderat\w*|moderador\w*"
                    r"|interviewer|entrevistador\w*|host|anfitrion\w*|int|i|q|m|convener|presenter)")),
    ("heading", r"(?:header|heading|title|system|meeting)"),
)  # fmt: skip
_ROLE_LABEL = tuple(
    (role, re.compile(rf"^(?:{pattern})(?:\s*(?:#|no)?\s*\d{{1,2}}|\s+[a-c])?$")) for role, pattern in _LABELS
)
_ROLE_TAG = re.compile(
    (
        r"[(\[,/-]\s*(?P<tag>(?:co-? ?)?facilita\w+|moderat\w+|moderador\w*|host|interpret\w*|int[eé]rprete|note ?-?taker"
        r"|notes|scribe|staff)\s*[)\]]?\s*$"
    ),
    re.I,
)
_ROLE_WORD = (
    ("facilitator", r"facilitat\w*|facilitador\w*|moderat\w*|moderador\w*|interviewer|entrevistador\w*"),
    ("interpreter", r"interpreter|int[eé]rprete|translator|traductor\w*"),
    ("notetaker", r"note ?-?taker|scribe|tom\w+ (?:notas|apuntes)"),
)  # fmt: skip


_ANSWERS = re.compile(r"(?:participante?|interviewee|respondent|entrevistad[oa]|informante?)\s*#?\s*\w{0,3}$", re.IGNORECASE)


def role_of_label(label: str | None) -> Role | None:
    """Return the role that a speaker label names, or None where it names none (`Y3`, `Speaker 1`, a person's name)."""
    if not label:
        return None
    bare = re.sub(r"[.*:]+", " ", label.lower()).strip()
    bare = re.sub(r"\s+", " ", plain_dash(bare))
    if re.fullmatch(r"[mq] ?\d{1,2}", bare):  # one of several: a seat, not an office
        return None
    for role, pattern in _ROLE_LABEL:
        if pattern.match(bare):
            return role
    tag = _ROLE_TAG.search(label)
    base = re.sub(r"\s*\([^()]*\)\s*$", "", label)
    if not tag and base and base != label:
        return role_of_label(base)
    return role_of_label(tag["tag"]) if tag and tag["tag"] != label else None


def plain_dash(text: str) -> str:
    """Lower case without accents, dashes kept."""
    return " ".join(re.sub(r"[^\w\s'#-]", " ", "-".join(plain(p) for p in text.split("-"))).split())


def _said_in_header(label: str, header: str) -> Role | None:
    name = re.escape(label)
    if len(label) == 1:  # a key of letters: `F = facilitator, N = note taker`
        return next(
            (r for r, word in _ROLE_WORD if re.search(rf"(?<!\w){name}\s*(?:[=:–-]|is)\s*(?:the )?(?:{word})", header)),  # type: ignore[misc]
            None,
        )
    if len(label) < 2 or not re.search(rf"(?<!\w){name}(?!\w)", header, re.I):
        return None
    for role, word in _ROLE_WORD:
        before = (
            rf"(?:{word})s?\s*(?:is|was|are|es|fue|era|:|=|\(|-|–|,|as|como)*\s*(?:[\w ]{{1,20}}[,&]\s*)?{name}(?!\w)"
        )
        after = (
            rf"(?<!\w){name}\s*(?:is|was|are|es|fue|era|:|=|\(|-|–|,)+\s*(?:the |a |an |la |el |our |co-?)?(?:{word})"
        )
        if re.search(before, header, re.I) or re.search(after, header, re.I):
            return role  # type: ignore[return-value]
    return None


def roles_of(turns: Sequence[tuple[str | None, str]], header: str, guide: Sequence[str] = ()) -> dict[str, Role]:
    """Return the role of every label in a transcript: by its words, by the header, else by who asks the questions."""
    labels = list(dict.fromkeys(label for label, _ in turns if label))
    roles: dict[str, Role] = {}
    lower = {x.lower().strip(" .") for x in labels}
    coded = any(re.search(r"\d$", re.sub(r"\s*\([^()]*\)$", "", x)) for x in labels)
    unsure = {"m", "f"} if {"m", "f"} <= lower else set() if coded or len(labels) == 2 else {"m", "f", "i", "q"}
    for label in labels:
        role = _said_in_header(label, header) or (None if label.lower().strip(" .") in unsure else role_of_label(label))
        if role:
            roles[label] = role
    if "facilitator" not in roles.values() and (own := _introduced(turns, roles)):
        roles[own] = "facilitator"
    if "facilitator" not in roles.values():
        asker = _asker([(label, text) for label, text in turns if label and label not in roles], guide)
        others = [x for x in labels if x not in roles and not _ANSWERS.match(x.strip())]
        if not asker and len(others) == 1 and len(labels) > 1:
            asker = others[0]
        if asker:
            roles[asker] = "facilitator"
    return {label: roles.get(label, "participant") for label in labels}


_INTRODUCES = re.compile(
    r"\b(?:i['’]?m|i am|i['’]ll be|i will be|(?:yo )?soy|voy a ser|(?:yo )?voy a)\s+(?:\w+\W+(?:and|y)\W+(?:i['’]?m\W+)?)?"
    r"(?:the |your |la |el |su |one of the |today['’]?s )?(?:co-?)?(?:facilitat\w+|facilita\w*|moderat\w+|modera\w*)\b",
    re.I,
)


def _introduced(turns: Sequence[tuple[str | None, str]], roles: Mapping[str, Role]) -> str | None:
    """Return who says of themselves, as the session opens, that they lead it."""
    opening = [(label, text) for label, text in turns if label][:8]
    return next((label for label, text in opening if label not in roles and _INTRODUCES.search(text)), None)


def _asker(turns: Sequence[tuple[str, str]], guide: Sequence[str]) -> str | None:
    """Return who opens the session and asks its questions, or None where nobody stands out."""
    speakers = list(dict.fromkeys(label for label, _ in turns))
    if len(speakers) < 2:
        return None
    said, asked, guided = Counter(x for x, _ in turns), Counter[str](), Counter[str]()
    for label, text in turns:
        asked[label] += bool(asks(text))
        guided[label] += any(_same_question(q, text) for q in guide)
    best = max(speakers, key=lambda x: (guided[x], asked[x], -speakers.index(x)))
    if guided[best] >= 2 and guided[best] >= 2 * max((guided[x] for x in speakers if x != best), default=0):
        return best
    rest = max((asked[x] for x in speakers if x != best), default=0)
    opens = best in speakers[:2]
    return best if opens and asked[best] >= 3 and asked[best] >= 2 * rest and asked[best] >= 0.4 * said[best] else None


def _same_question(question: str, text: str) -> bool:
    wanted = [w for w in plain(question).split() if len(w) > 3]
    have = set(plain(text).split())
    return len(wanted) >= 2 and sum(w in have for w in wanted) >= 0.75 * len(wanted)


def kinds_in_transcript(
    units: Sequence[tuple[str | None, Role, str]], guide: Sequence[str] = ()
) -> list[tuple[Kind, int | None]]:
    """Return (kind, agreement) of every (speaker, role, text) of a transcript, in order."""
    asking = [role == "facilitator" and _is_prompt(text, guide) for _, role, text in units]
    first = next((i for i, a in enumerate(asking) if a), None)
    if first is not None and sum(role == "participant" for _, role, _ in units[:first]) > 8:
        first = 0  # the opening is too long to be only an opening
    voices = [i for i, (_, role, _) in enumerate(units) if role in ("participant", "facilitator", "interpreter")]
    last_voice = voices[-1] if voices else -1
    result: list[tuple[Kind, int | None]] = []
    before: tuple[str | None, str] | None = None
    for i, (speaker, role, text) in enumerate(units):
        if role == "facilitator":
            result.append(("prompt" if asking[i] or _reacts(i, text, asking) else "process", None))
            before = None if asking[i] or len(text.split()) > 6 else before
        elif role == "heading":
            result.append(("process", None))
        elif role == "notetaker":
            result.append(_notetaker(text, closing=i > last_voice))
        elif (speaker is None and is_aside(text)) or (
            first is not None
            and ((i < first and len(text.split()) <= 40) or is_housekeeping(text, answering=before is None))
        ):
            result.append(("process", None))
        else:
            previous = (
                before[1] if before and (before[0] != speaker or speaker is None) and speaker is not None else None
            )
            only, count = echoes(text, previous) if role == "participant" and speaker is not None else (False, None)
            result.append(("agreement" if only else "speech", count))
            before = (speaker, text)
    return result


def _reacts(i: int, text: str, asking: Sequence[bool]) -> bool:
    """Say whether a facilitator's few words only keep the questions going: one before them, and one to come."""
    return len(text.split()) <= 8 and not is_logistics(text) and any(asking[:i]) and any(asking[i + 1 :])


def _is_prompt(text: str, guide: Sequence[str]) -> bool:
    if any(_same_question(q, text) for q in guide) and "?" in text:
        return True
    sure = asks(text)
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if "?" in sentence and asks(sentence) and len(sentence.split()) > 2 and not is_logistics(sentence):
            return True
    return (sure == 2 and (not is_logistics(text) or "?" in text)) or (sure == 1 and not is_logistics(text))


def _notetaker(text: str, *, closing: bool) -> tuple[Kind, int | None]:
    if re.match(r"\W*(?:parking lot|estacionamiento|aparcadero)\b", text, re.I):
        return "process", None
    if re.match(
        r"\W*(?:facilitator )?(?:debrief|reflexi|reflection|after the session|cierre del equipo)", text, re.I
    ) or (closing and len(text.split()) >= 6):
        return "debrief", None
    if re.search(
        (
            r"\b(?:nods?|nodding|nodded|agree[ds]?|agreement|thumbs up|hands? (?:up|go|went)|asienten|asintieron|de acuerdo"
            r"|snaps|same)\b"
        ),
        text,
        re.I,
    ) and not re.match(r"\W*(?:no|nobody|ningun|nadie)\b", text, re.I):
        return "agreement", agreement_of(text)
    return "process", None


_ONLY_AGREES = re.compile(
    r"\W*(?:(?:\d{1,2}|several|many|most|all|some|everyone|everybody|the group|whole room|varias|varios|todas|todos"
    r"|muchas|la mayor[ií]a|lots of|heads)\W+){0,2}"
    r"(?:nods?|nodd\w+|agree[ds]?|agreement|agreeing|same|ditto|asienten|asintieron|de acuerdo|todas|todos|snaps|me too"
    r"|igual|yo tambi[eé]n|\+1)\W*",
    re.I,
)


def kind_in_notes(text: str, role: Role) -> Kind:
    """Return the kind of a unit in notes that its reader did not tell."""
    if role in ("heading", "facilitator"):
        return "prompt" if asks(text) else "process"
    if role == "notetaker":
        return _notetaker(text, closing=False)[0]
    return "agreement" if _ONLY_AGREES.fullmatch(text) else "note"


def main_questions(prompts: Sequence[str]) -> tuple[str, ...]:
    """Return the guide as the facilitator's prompts show it: numbered questions where there are any, else all that ask."""
    numbered = [p for p in prompts if asks(p) == 2]
    chosen = numbered if len(numbered) >= 3 else [p for p in prompts if "?" in p]
    return tuple(dict.fromkeys(_bare_question(p) for p in chosen))


def _bare_question(text: str) -> str:
    lead = (
        r"^(?:(?:okay|ok|so|and|alright|all right|gracias|thank you|thanks|mm|yeah|bueno|pues|great|i love that|y"
        r"|now|(?:\w+ )?(?:first|second|third|fourth|fifth|next|last|final)(?: one| question)?|(?:la "
        r"|y la )?(?:primera|segunda|tercera|cuarta|quinta|[uú]ltima|siguiente)(?: pregunta)?)\s*[,.:]*\s+)+"
    )
    bare = re.sub(lead, "", text.strip(), flags=re.I).strip()
    return (bare or text)[0].upper() + (bare or text)[1:]
