"""Names of the columns that exports and typed sheets use, in English and Spanish, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

__all__ = ["Column", "column_of", "columns_of", "plain", "role_of", "seconds_of", "speaker_label", "votes_of"]

Column = Literal[
    "session", "speaker", "role", "start", "end", "text", "question", "votes", "language", "audience", "kind", "verbatim",
    "date", "spa", "count", "aside", "id", "private",
]  # fmt: skip

_NAMES: dict[Column, str] = {
    "session": r"session( (id|code|name))?|id sesion|(codigo (de )?)?(la )?sesion|meeting( id)?",
    "speaker": r"speakers?( (label|id|name|tag))?|participants?( (id|code|number|no))?|who( said it| spoke| is "
    r"speaking)?|person|voice|"
    r"label|respondent( id)?|seat|hablante|participante|quien( (habla|dijo|lo dijo))?|persona|voz|orador[a]?|"
    r"author( id)?|interlocutor|asiento|code|codigo",
    "role": r"(speaker )?role|rol|papel|tipo de hablante|function|funcion",
    "start": r"start( ?(time|s|sec|seconds|ms))?|time( ?(stamp|code|in))?|begin( time)?|inicio|hora( de inicio)?|"
    r"tiempo|minuto|marca de tiempo|desde|offset|at|onset",
    "end": r"end( ?(time|s|sec|seconds|ms))?|stop|fin(al)?|hasta|time out|hora (de )?fin|offset end",
    "text": r"texts?|utterance|transcript(ion)?|words( said)?|said|what (was|they|people) said|what we heard|"
    r"comments?( body)?|content|"
    r"notes?|responses?|answers?|texto|comentarios?|palabras|intervencion|lo que (se )?dij(o|eron)|lo que (oimos|"
    r"escuchamos)|notas?|"
    r"respuestas?|body|message|mensaje|quotes?|citas?|statement|sticky( ?note)?|nota adhesiva|transcripcion|"
    r"contenido|speech|turn|dialogue|bullet|point|key points|puntos clave|discussion|participant (comments?|"
    r"responses?|words)|highlight",
    "question": r"(guide |discussion )?questions?( (no|number|asked|text))?|prompts?|topics?|sections?|category|"
    r"categories|columns?|headings?|"
    r"preguntas?( (guia|numero))?|temas?|categorias?|secci?on(es)?|columnas?|encabezados?|guide( item)?|area|"
    r"board|pared|wall",
    "votes": r"votes?|(sticky )?dots?|agree(s|d|ment)?|how many( agree(d)?)?|likes?|\+ ?1s?|count|tally|tallies|"
    r"nods?|supports?|votos?|puntos|apoyos?|"
    r"(de )?acuerdo|cuantos( de acuerdo)?|#|x|(no|#|number|count)( of)? (votes|dots|nods|stickers|checks)|num(ber)? "
    r"(of )?(votes|dots|agree\w*)|total( votes)?|palomitas|estrellas|stars|checks",
    "language": r"lang(uage)?|idioma|lengua",
    "audience": r"audience|group|grupo|publico|population|audiencia",
    "kind": r"kind|type|tipo|unit type|clase",
    "verbatim": r"verbatim|direct quote|is quote|textual|cita textual|quote y n",
    "date": r"date|month|fecha|mes|session date",
    "spa": r"spa|service planning area|area de planificacion",
    "count": r"n|head ?count|participants n|attendees|num participants|asistentes",
    "aside": r"nt( (comments?|notes?))?|note ?takers?( s)?( (comments?|notes?|observations?))?|facilitators?( "
    r"s)? (comments?|notes?|observations?)|observations?|"
    r"non ?verbal( cues)?|observaciones|notas (del|de la) (facilitador[a]?|equipo)|context|contexto|mood|follow ?up",
    "id": r"id|row|no|num(ber|ero)?|#? ?(item|row)|index|fila|turno|line|response id|comment id|moderated|"
    r"disagrees?|passes|datetime|submitted( at)?|"
    r"timestamp|marca temporal|fecha y hora|session name|file|archivo|created( at)?|updated( at)?|color",
    "private": r"(full |first |last |participant )?names?|nombres?( completo)?|apellidos?|e ?mails?( address)?|"
    r"correo( electronico)?|phones?( number)?|"
    r"telefono|celular|address|direccion|zip( code)?|codigo postal|dob|date of birth|fecha de nacimiento|ip( address)?",
}
_COMPILED = {name: re.compile(rf"(?:{pattern})") for name, pattern in _NAMES.items()}
_FOLD = str.maketrans("áéíóúüñ", "aeiouun")

_ROLES = {
    "participant": r"participant\w*|youth|joven\w*|parent\w*|madre|padre|family|familia|respondent|member|"
    r"community.*|stakeholder|persona|p|client\w*",
    "facilitator": r"facil\w*|moderator|moderador[a]?|host|interviewer|entrevistador[a]?|fac|mod|f|co-?facil\w*",
    "notetaker": r"note.*|nota.*|nt|scribe|recorder|relator[a]?|observer|observador[a]?|anotador[a]?|toma.*|system|debrief",
    "interpreter": r"interpret\w*|int[eé]rprete|traductor[a]?|translator|int",
    "heading": r"head\w*|question|prompt|section|title|pregunta|encabezado|t[ií]tulo|secci[oó]n",
}
_SPEAKER = re.compile(
    r"(?:[A-Z]{1,2}[- ]?\d{1,2}[a-z]?|#?\d{1,2}|[A-Z]{2,3}|(?:[A-Z]\.){2,3}|[A-Z]|"
    r"(?i:participant[ea]?|speaker|hablante|youth|joven|parent|madre|padre|mother|father|mom|dad|mam[aá]|pap[aá]|"
    r"caregiver|cuidador[a]?|"
    r"famil(?:y|ia)|stakeholder|provider|staff|seat|asiento|silla|person[a]?|voice|voz|respondent|student|teen|"
    r"table|mesa|abuel[ao]|t[ií][ao])"
    r"(?:\s?#?\s?\d{1,2}|\s[A-H]))(?P<about>\s*[(\[][^)\]]*[)\]])?"
)
_NOT_SPEAKERS = frozenset(["NT", "NA", "ID", "OK", "N"])


def plain(name: str) -> str:
    """Fold a column's name for comparison: lower case, no accents, no punctuation."""
    folded = re.sub(r"[_\-./:()?*'’\[\]¿¡\"]+", " ", name.lower().translate(_FOLD).lstrip("\ufeff"))
    return " ".join(folded.split())


def column_of(name: str) -> Column | None:
    """Say what a column holds, by its name alone; None where it is a heading of the group's own."""
    key = plain(name)
    if not key:
        return None
    return next((column for column, pattern in _COMPILED.items() if pattern.fullmatch(key)), None)


def columns_of(head: Sequence[str]) -> dict[Column, list[int]]:
    """Return the places of the columns that are known by name.

    >>> columns_of(["Hablante", "Inicio", "Texto"])
    {'speaker': [0], 'start': [1], 'text': [2]}
    """
    found: dict[Column, list[int]] = {}
    for j, name in enumerate(head):
        column = column_of(name)
        if column:
            found.setdefault(column, []).append(j)
    return found


def role_of(word: str) -> str | None:
    """Return the role that a cell of a role column names, or None."""
    key = word.strip().lower()
    return next((role for role, pattern in _ROLES.items() if re.fullmatch(pattern, key)), None) if key else None


def speaker_label(cell: str) -> str | None:
    """Return the label where a cell holds nothing but one (`P3`, `Madre 2`, `7`, `MJ`)."""
    m = _SPEAKER.fullmatch(cell.strip())
    if not m or cell.strip() in _NOT_SPEAKERS:
        return None
    return cell.strip()[: m.start("about")].strip() if m["about"] else cell.strip()


def votes_of(cell: str) -> int | None:
    """Return the number in a cell of votes: `9`, `9.0`, `x4`, `5 dots`, `IIII`, `●●●`; None where it holds words.

    >>> [votes_of(c) for c in ("9.0", "x4", "5 dots", "IIII", "●●●", "nine lives", "")]
    [9, 4, 5, 4, 3, None, None]
    """
    cell = cell.strip()
    if not cell:
        return None
    number = re.fullmatch(
        r"[(\[]?\s*[x×+]?\s*(\d{1,4})(?:[.,]0+)?\s*[x×]?\s*(?:votes?|dots?|nods?|agree\w*|votos?|puntos?|stars?|"
        r"checks?|de acuerdo|likes?)?\s*[)\]]?",
        cell,
        re.I,
    )
    if number:
        return int(number[1])
    marks = re.sub(r"[\s,]", "", cell)
    return len(marks) if re.fullmatch(r"[Il|/]+|[●•○◦∙·*★☆✓✔☑xX+❤]+", marks) else None


def seconds_of(cell: str) -> float | None:
    """Return a time as seconds: `0:03`, `00:01:23.4`, `83.5`, `1m 23s`; None where it is not one."""
    cell = cell.strip().strip("[]()")
    if not cell:
        return None
    clock = re.fullmatch(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)", cell)
    if clock:
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3].replace(",", "."))
    spoken = re.fullmatch(r"(?:(\d+)\s*h\w*)?\s*(?:(\d+)\s*m\w*)?\s*(?:(\d+(?:\.\d+)?)\s*s\w*)?", cell)
    if spoken and any(spoken.groups()):
        return int(spoken[1] or 0) * 3600 + int(spoken[2] or 0) * 60 + float(spoken[3] or 0)
    return float(cell) if re.fullmatch(r"\d+(?:\.\d+)?", cell) else None
