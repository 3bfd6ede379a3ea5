"""What a facilitator writes above the notes, in any way, as the fields of a session. What is not said stays None."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback.ingest._words import NUMBER_WORDS, number_in, plain

__all__ = [
    "Header",
    "audience_of",
    "code_of",
    "field_of",
    "is_header_line",
    "languages_of",
    "number_value",
    "plain_keep",
    "split_guide",
]


@dataclass
class Header:
    """The session's fields as far as the header gives them; `guide` as written; `asides` are languages heard a little."""

    code: str | None = None
    month: str | None = None
    audience: str | None = None
    languages: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    participants: int | None = None
    spa: int | None = None
    recorded: bool | None = None
    quote_consent: str | None = None
    guide: tuple[str, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)


_KEYS: dict[str, str] = {
    key: name
    for name, keys in {
        "code": (
            "session|session code|session id|session no|session number|code|id|sesion|codigo|codigo de sesion|clave"
            "|no de sesion"
        ),
        "month": "date|month|when|held|held on|session date|month year|fecha|mes|cuando|fecha de la sesion|mes y ano",
        "audience": (
            "audience|who|group|population|stakeholder group|type of group|publico|grupo|quienes|poblacion"
            "|tipo de grupo|audiencia|dirigido a"
        ),
        "languages": "language|languages|lang|idioma|idiomas|lengua|lenguas",
        "participants": "participants|number of participants|attending|attended|number attending|cuantas "
        "personas|no of participants|of participants|head count|headcount"
        "|count|attendance|attendees"
        "|n|how many|number attending|total|participantes|numero de participantes|asistentes|asistencia|cuantos"
        "|cuantas personas|personas|size",
        "spa": "spa|area|region|service planning area|spa area|spa region|zona|region spa|district",
        "recorded": "recorded|recording|audio|audio recorded|was it recorded|session recorded|se grabo|fue "
        "grabada|format|grabado|grabada|grabacion|formato|mode|modalidad",
        "quote_consent": "quotes|quote|quote consent|ok to quote|okay to quote|can we quote|se puede citar|"
        "podemos citar|quotes ok|consent to quote|consent for quotes|ok to quote|may we "
        "quote|quoting|permission to quote"
        "|consent|citas|permiso para citar|permiso de citas|consentimiento|consentimiento para citar|uso de "
        "citas|citar|permission",
        "guide": "guide|questions|guide questions|prompts|prompt|prompt on wall|prompts on wall|question guide"
        "|discussion guide|guide used|questions asked"
        "|preguntas|guia|guia de preguntas|preguntas guia|preguntas de la guia",
        "age_band": "age|ages|age range|age band|edad|edades|rango de edad",
        "host": (
            "host|hosted by|host type|site|location|place|venue|where|sede|lugar|anfitrion|sitio|donde|organization"
            "|organizacion"
        ),
        "interpreter": "interpreter|interpretation|interpreters|interprete|interpretacion",
        "length": "length|duration|time|duracion|tiempo|hora|horario",
        "quote_until": "quotes until|quote expiry|consent expires|quotes expire|permiso hasta",
        "topics_prompted": "topics|topics prompted|temas|temas preguntados",
        "people": "facilitator|facilitators|facilitated by|moderator|note taker|notetaker|notes by|note takers|notes "
        "taken by|transcribed by|staff present"
        "|facilitador|facilitadora|facilitadores|moderador|moderadora|notas|apuntes|tomador de notas|scribe|recorder"
        "|prepared by|typed by",
        "title": "title|meeting|event|reunion|titulo|subject",
    }.items()
    for key in keys.split("|")
}
KEY_LINE = re.compile(
    r"^\W{0,3}(?P<key>[^\W\d][\w#./&' -]{0,38}?)\W{0,3}?\s*(?::|=|\t|\?\s*:?|\s[–-]\s)\s*(?P<value>.*)$"
)


def field_of(label: str) -> str | None:
    """Return the header field that a label such as `Fecha` or `Head count / recording` names, or None."""
    label = re.sub(r"\((?:e?s|a|as)\)", "", label)
    bare = plain(label)
    if bare in _KEYS:
        return _KEYS[bare]
    for part in re.split(r"\s*(?:/|&|\band\b|\by\b|\+|,|\()\s*", label):
        if plain(part) in _KEYS:
            return _KEYS[plain(part)]
    return None


def is_header_line(line: str) -> bool:
    """Say whether a line is a `key: value` line of a session header."""
    m = KEY_LINE.match(line.strip())
    name = field_of(m["key"]) if m else None
    return name is not None and name != "people"


_LANGUAGES: dict[str, str] = {
    word: iso
    for iso, words in {
        "en": "english|ingles",
        "es": "spanish|espanol|castellano",
        "ko": "korean|coreano",
        "zh": "chinese|mandarin|cantonese|chino",
        "hy": "armenian|armenio",
        "tl": "tagalog|filipino",
        "vi": "vietnamese|vietnamita",
        "quc": "k'iche'|k'iche|kiche|quiche",
        "kjb": "q'anjob'al|kanjobal",
        "zap": "zapotec|zapoteco",
        "mix": "mixtec|mixteco",
        "mam": "mam",
        "ase": "asl|american sign language",
        "ar": "arabic|arabe",
        "fa": "farsi|persian",
        "ru": "russian|ruso",
        "km": "khmer|cambodian",
        "pt": "portuguese|portugues",
        "ja": "japanese|japones",
        "fr": "french|frances",
        "so": "somali",
        "am": "amharic",
        "nah": "nahuatl",
    }.items()
    for word in words.split("|")
}
_LANGUAGE = re.compile(r"(?<![\w'])(" + "|".join(sorted(_LANGUAGES, key=len, reverse=True)) + r")(?![\w])")
_LITTLE = re.compile(
    r"(?:some|a few|few|a little|bit of|occasional|touches of|un poco de|poco|algo de|algunas? (?:palabras )?(?:en )?"
    r"|parts? in)\W*(?:\w+ )?$"
)
_LITTLE_AFTER = re.compile(r"^\W{0,3}(?:a little|un poco|a veces|at times|occasionally|here and there)\b")
_NOT_SPOKEN = re.compile(
    r"^\W*(?:interpret|translat|interprete|traduc|materials|flyer|version|copies|surve|class|learner)"
)


def languages_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the languages named, main one first, and those said to be heard only a little.

    >>> languages_of("English, some Spanish")
    (('en',), ('es',))
    """
    bare = plain_keep(text)
    main: list[str] = []
    aside: list[str] = []
    for m in _LANGUAGE.finditer(bare):
        before, after = bare[: m.start()], bare[m.end() :]
        if _NOT_SPOKEN.match(after):
            continue
        little = _LITTLE.search(before) or _LITTLE_AFTER.match(after)
        (aside if little else main).append(_LANGUAGES[m[1]])
        if re.search(r"(?:mostly|mainly|primarily|principalmente|sobre todo)\W+(?:in |en )?$", before):
            main.insert(0, main.pop())
    if not main and re.search(r"\bbilingual\b|\bbilingue\b|\bspanglish\b", bare):
        main = ["en", "es"] if re.search(r"bilingual", bare) else ["es", "en"]
    if not main and aside:
        main, aside = aside, []
    return tuple(dict.fromkeys(main)), tuple(x for x in dict.fromkeys(aside) if x not in main)


def plain_keep(text: str) -> str:
    """Return lower case without accents, punctuation kept."""
    import unicodedata

    return "".join(
        c for c in unicodedata.normalize("NFD", text.lower().replace("’", "'")) if not unicodedata.combining(c)
    )


_GROUPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"(?<![\w-])(?:{words})(?![\w])"))
    for name, words in (
        (
            "stakeholder",
            r"stakeholders?|providers?|staff|partners?|agenc(?:y|ies)|cbos?|professionals?|teachers?"
            r"|educators?|clinicians?"
            r"|service workers?|social workers?|proveedor(?:es|as)?|personal|agencias?|organizaciones|maestr[oa]s"
            r"|profesionales|socios|partes interesadas|community partners",
        ),
        (
            "youth",
            r"youths?|young (?:people|adults?|persons?|women|men)|teen(?:s|agers?)?|tay|adolescents?|jovenes"
            r"|adolescentes|juventud|juvenil|muchach[oa]s"
            r"|students?|estudiantes|survivors? \(tay\)",
        ),
        (
            "family",
            r"famil(?:y|ies)|caregivers?|parents?|parenting|kin|kinship|mothers?|moms?|fathers?|dads?"
            r"|grandparents?|grandmothers?|foster parents?"
            r"|resource (?:families|parents|caregivers)|guardians?|familias?|familiares|cuidador(?:es|as)?|madres?|padres?"
            r"|mamas?|papas?|abuel[oa]s|tutores|crianza",
        ),
    )
)
_NOT_A_GROUP = re.compile(
    r"(?:youth|family|families|parents?|student|child|children)[- ](?:serving|service|services|worker|workers|provider"
    r"|providers|program|programs|justice|advocate"
    r"|advocates|partner|partners|resource cent\w+|cent(?:er|re)s?|preservation|court|agency|agencies|room|home|source"
    r"|specialist\w*|liaison\w*|support|facing|led|engagement)"
    r"|foster family agency|(?:who|that) (?:serve|work with|support)s? .*|(?:serving|working with|que (?:sirven"
    r"|atienden|trabajan con)) .*|early education|resource (?:fair|center)s?"
    r"|(?:typed|written|collected|transcribed)(?: up)? by .*"
    r"|staff (?:present|not present|left)|(?:no|without) (?:staff|parents|providers|agency)\w*"
    r"|community partners? host\w*|(?:hosted|held) (?:by|at|in) .*|in partnership with .*"
)


def audience_of(text: str) -> str | None:
    """Return youth, family or stakeholder, `mixed` where a line names two of them side by side, or None."""
    for part in re.split(r"[|;/\n•·]|\.\s|\s[–—-]\s", plain_keep(text)):
        bare = re.sub(r"\([^)]*\)", " ", part)
        agency = re.search(
            (
                r"(?:youth|family|families|parent|student|child)[- ](?:serving|service|worker|provider|advocate|partner)\w*"
                r"|foster family agency"
            ),
            bare,
        )
        bare = _NOT_A_GROUP.sub(" ", bare)
        found = [(m.start(), name) for name, pattern in _GROUPS if (m := pattern.search(bare))]
        names = {name for _, name in sorted(found)} | ({"stakeholder"} if agency and not found else set())
        if "stakeholder" in names and re.search(r"stakeholder", bare):
            both = re.search(
                (
                    r"(?:youth|jovenes|famil\w+|caregivers?|parents?)\W+(?:and|&|y|\+)\W+stakeholder|stakeholders?\W+(?:and"
                    r"|&|y|\+)\W+(?:youth|famil|caregiver|parent)"
                ),
                bare,
            )
            return "mixed" if both else "stakeholder"
        if names == {"family"} and re.search(
            r"(?:young|teen(?:age)?|adolescent) (?:parents?|mothers?|moms?|fathers?|dads?)|madres adolescentes", bare
        ):
            return "youth"
        if names == {"youth", "family"} and re.search(
            (
                r"(?:young|teen|adolescent|student)\w* (?:parents?|mothers?|moms?|fathers?|dads?)|parenting (?:youth|teens)"
                r"|(?:parents|families|caregivers|familias|padres|madres) (?:of|de|with|con) "
            ),
            bare,
        ):
            return (
                "youth"
                if re.search(
                    r"(?:young|teen)\w* (?:parents?|mothers?|moms?|fathers?|dads?)|parenting (?:youth|teens)", bare
                )
                else "family"
            )
        if names:
            return names.pop() if len(names) == 1 else "mixed"
    return None


_STOP_CODES = re.compile(
    (
        r"^(?:SPA|K|SB|AB|COVID|TAY|PDF|VTT|DCFS|CSEC|LA|US|UTC|GMT|PST|PDT|FY|Q|V|P|R|Y|S|N|AGE|AGES|ROOM|PAGE|PART|ZOOM"
        r"|UTF|MP)[-_ ]?\d"
    ),
    re.I,
)
_CODE = re.compile(r"(?<![\w-])(?=[A-Z_-]*\d)[A-Z]{1,5}(?:[-_][A-Z0-9]{1,6}){0,2}[-_]?\d{1,4}[A-Za-z]?(?![\w-])")
_SAID = re.compile(
    r"(?:session|sesi[oó]n|notes|notas|transcript|code|c[oó]digo|group|grupo|id)\W+(?:code\W+|number\W+|no\.?\W+|"
    r"n[uú]mero\W+)?$",
    re.I,
)


def code_of(lines: Sequence[str], stem: str = "") -> str | None:
    """Return the session code written in the header, or None."""
    text = "\n".join(lines)
    found = [m for m in _CODE.finditer(text) if not _STOP_CODES.match(m[0]) and len(m[0]) >= 3]
    bare = re.sub(r"[-_ ]", "", stem).upper()
    for m in found:
        if bare and re.sub(r"[-_]", "", m[0]).upper() in bare:
            return m[0]
    for m in found:
        line_start = text.rfind("\n", 0, m.start()) + 1
        if _SAID.search(text[line_start : m.start()]) or (
            not text[line_start : m.start()].strip(" #*") and re.search(r"[-_]", m[0])
        ):
            return m[0]
    dashed = [m[0] for m in found if re.search(r"[-_]", m[0])]
    return dashed[0] if dashed else None


def split_guide(text: str) -> tuple[str, ...]:
    """Split the questions of a guide written in one run: by numbers or letters, else by question marks.

    >>> split_guide("A) what worries you, B) who do you lean on")
    ('what worries you', 'who do you lean on')
    """
    parts = re.split(r"(?:^|(?<=[\s,;.?]))\(?(?:\d{1,2}|[A-Ha-h]|Q\d{1,2}|P\d{1,2})[.):]\)?\s+", text)
    if len(parts) < 3:
        parts = re.findall(r"[^?]*\?", text) or re.split(r"\s*[;|]\s*", text)
    bare = (re.sub(r"^\W*(?:\d{1,2}|[A-H]|Q\d{1,2})[.):]\s+", "", p).strip(" ,;.\t\n|/") for p in parts)
    return tuple(q for q in bare if len(q.split()) > 1)


def number_value(text: str) -> int | None:
    """Return the first number (numeral or word) in a value, or None; a range such as 8-10 is None."""
    if re.match(r"\W*\d+\s*(?:-|–|to|a)\s*\d+", text):
        return None
    m = re.search(r"\b(\d{1,3}|" + "|".join(NUMBER_WORDS) + r")\b", text.lower())
    return number_in(m[1]) if m else None
