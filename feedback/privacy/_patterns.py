"""Structured identifiers in English and Spanish: written, spoken and spelled out."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.privacy._quick import Quick
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_patterns"]

DETECTOR = "patterns@3"
_DIGIT = (
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|"
    r"double|doble)"
)
_TENS = (
    r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundred|diez|once|doce|trece|catorce|quince|diecis[eé]is|diecisiete|dieciocho|diecinueve|veinte|"
    r"veinti\w+|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento)"
)
_NUM = rf"(?:{_DIGIT}|{_TENS})"
_EN_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|"
    r"sept?|oct|nov|dec)\.?"
)
_ES_MONTH = r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)"
_ORD = (
    r"(?:first|second|third|(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf|thir?teen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twentie|thirtie|fortie|fiftie|sixtie|seventie|eightie|ninetie)th|(?:twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety)[- ](?:first|second|third|\w+th)|primera|segunda|tercera|cuarta|quinta|sexta|s[eé]ptima|octava|novena|"
    r"d[eé]cima|primero|\d{1,3}(?:st|nd|rd|th))"
)
_YEAR = (
    r"(?:(?:19|20)\d\d|two thousand(?: and)?(?: \w+)?|twenty (?:oh )?\w+|nineteen \w+(?:[- ]\w+)?|dos mil(?: \w+(?: y \w+)?)?|"
    r"mil novecientos \w+(?: y \w+)?|['’]\d\d\b)"
)
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th)?|" + _ORD + rf"|{_NUM}(?:[ -](?:y )?{_NUM})?)"
_STREET = (
    r"(?:st|street|ave|avenue|blvd|boulevard|rd|road|dr|drive|ct|court|pl|place|way|ln|lane|ter|terrace|cir|circle|hwy|highway|pkwy|"
    r"parkway)"
)
_APPS = (
    r"ig|insta(?:gram)?|snap(?:chat)?|tik ?tok|discord|gamertag|psn|xbox|roblox|user(?: ?name)?|(?:my|her|his) handle|usuario|cuenta|perfil|profile|kik|venmo|cash ?app|"
    r"cashtag|telegram|twitter|finsta|facebook|face|fb|whatsapp|screen ?name|onlyfans|threads|twitch|youtube|account|b[uú]scame|add me|add|follow|sigue(?:me)?"
)
_UNIT = (
    r"(?i:,?\s*(?:apt|apartment|unit|suite|ste|#|apartamento|apto|depto|departamento|interior|int)\.?\s*#?\w{1,5}\b(?:-\w{1,4}\b)?)?"
)

_RULES: tuple[tuple[str, float, str, int], ...] = (
    ("email", 0.99, r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+", 0),
    ("email", 0.95, r"\b[\w.+-]+\s*(?:\[|\()\s*(?:at|arroba)\s*(?:\]|\))\s*[\w-]+(?:\s*(?:\.|\[dot\]|\(dot\))\s*[\w-]+)+", 0),
    ("email", 0.95,
     r"(?:\b(?:la|el)\s+)?\b\w+(?:[\s,]+(?:dot|punto|period|underscore|guion bajo|guión bajo|dash|guion|hyphen)[\s,]+\w+|,\s*\w\b)*"
     r"[\s,]+(?:at|arroba)[\s,]+\w+(?:[\s,]+(?:dot|punto)[\s,]+\w+|\.(?:com|net|org|edu|gov|example)\b)+", 0),
    ("email", 0.85, r"\b\w+(?:[\s,]+(?:punto|dot|underscore)[\s,]+\w+)*[\s,]+arroba\b(?:[\s,]+\w+){1,3}", 0),
    ("url", 0.95, r"\b(?:https?:?/?/?|www\.)[^\s<>\"'),]+", 0),
    ("url", 0.9, r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|edu|gov|us|info|io|mx|app|example|gg|tv|me|link|ly|ee|gl|site|page|online|store|club|dev|xyz|co|news|chat|live)\b(?:/[^\s<>\"'),]*)?", 0),
    ("url", 0.85, r"\b(?:\w+ dot )+(?:com|net|org|edu|gov|example)\b", 0),
    ("handle", 0.95, r"(?<![\w.])@[A-Za-z_][\w.-]{1,29}(?<![.-])", 0),
    ("handle", 0.9, r"(?<!\w)\$[A-Za-z]\w{2,20}", 0),
    ("handle", 0.8, r"(?<![\w@/.])[A-Za-z]\w+(?:\.[a-z0-9]\w*){2,}(?!\w)", 0),
    ("handle", 0.75, r"(?<![\w@/.-])(?!(?i:covid|grade|room|phase|table|page|spa|unit|group|mp|ps|ab|sb)\d)[A-Za-z]{4,}\d{2,}(?![\w-])", 0),
    ("handle", 0.75, r"(?<![\w@/.-])[a-z]{1,3}[A-Z]+[a-z]+[a-zA-Z]*[A-Z]*x?(?![\w-])", 0),
    ("handle", 0.85, rf"(?i:\b(?:{_APPS})\b)[^.!?\n]{{0,30}}?\s(\$?(?=[\w.#-]*[^\W\d_])(?=[\w.#-]*(?:[._#]\w|\d))[\w.#-]{{4,}}(?<![.-]))", 1),
    ("handle", 0.8, rf"(?i:\b(?:on|en)\s+(?:{_APPS})\s+(?:i'?m|it'?s|she'?s|he'?s|soy|es|se llama|me llamo|b[uú]scame como)\s+)((?!(?i:on|in|not|where|donde|que|the|all|a|como|muy|so)\b)\w+(?:\s[A-Z]\w+)*)", 1),
    ("handle", 0.8, r"(?i:\b(?:user ?name|gamertag|screen ?name|(?:my|her|his|their|your) handle|mi usuario|su usuario|usuario es|b[uú]scame como)\s+(?:is |was |es |era )?)((?!(?i:on|in|and|for|the|that|to|of|y|de|del|with|is|it|not|or|a|like|my|en|que|e|something)\b)\w+(?:\s(?!(?i:and|but|if|so|y|pero|i|they|she|he|it|because|all|on|in|en)\b)\w+){0,4})", 1),
    ("handle", 0.85, r"(?<![\w@/.])(?=\w*[a-z])\w{2,}(?:_\w+)+(?:\.\w+)*(?!\w)", 0),
    ("handle", 0.8, r"(?<![\w@/.])[A-Za-z]\w{2,}\.(?:[a-z]\w{2,}|\d{2,4}(?![\w.]))(?:\.\w+)*\b(?:[\s,]+underscore[\s,]+\w+)*", 0),
    ("handle", 0.8, r"\b(?!the\b|a\b|that\b|this\b|red\b|little\b|one\b|an\b)\w+(?:\s+(?:dot|underscore|guion bajo|guión bajo)\s+(?!and\b|on the\b|at\b)\w+)"
     rf"(?:\s+{_NUM}\b)*(?:\s+(?:dot|underscore|guion bajo|guión bajo)(?:\s+\w+)?)*", 0),
    ("handle", 0.8, r"\b(?:my|her|his|mi|su) (?:ig|insta|instagram|snap|snapchat|tiktok|tik tok|username|user name|handle|usuario|discord|gamertag)"
     r"(?: name)?(?:'s| is| es|:)\s+(?:@)?((?!not\b|private\b|on\b|full\b|all\b|the\b|like\b|my\b|gone\b)[\w.]+(?:\s(?!and\b|but\b|if\b|so\b|y\b|pero\b|i\b|they\b|she\b|it\b)\w+){0,5})", 1),
    ("id", 0.95, r"(?<![\d-])\d{3}[-\s]\d{2}[-\s]\d{4}(?![\d-])", 0),
    ("id", 0.9, r"(?<!\w)A[-\s]?\d{3}[-\s]?\d{3}[-\s]?\d{2,3}(?!\w)", 0),
    ("id", 0.9, r"(?<!\w)a[-\s]?\d{3}[-\s]?\d{3}[-\s]?\d{3}(?!\w)", 0),
    ("id", 0.85, r"(?<!\w)[a-z]\d{7,9}(?!\w)", 0),
    ("id", 0.9, r"(?<!\w)\d{2}-\d{5,9}(?!\w)", 0),
    ("id", 0.9, r"(?<![\w-])[A-Z]{1,4}-?\d{4,9}(?:-\d+)*[A-Z]?(?![\w])", 0),
    ("id", 0.9, r"(?<!\w)\d{2}[A-Z]{2,6}\d{3,7}[A-Z]{0,2}(?!\w)", 0),
    ("id", 0.9, r"(?<!\w)[A-Z]{2} \d{4}-\d{2,4}(?!\w)", 0),
    ("id", 0.9, r"(?<!\w)\d[A-Z]{3}\d{3,4}(?!\w)", 0),
    ("id", 0.9, r"(?<!\w)9\d{7}[A-Z]\d?(?!\w)", 0),
    ("id", 0.85, r"(?i:\b(?:case|docket|court|file|badge|medi-?cal|id|plates?|license|licen[cs]ia|social|caso|expediente|corte|placas?|n[uú]mero de caso|"
     r"matr[ií]cula|booking|jacket|cws|inmate)\b(?:\s+(?:number|no\.?|num\.?|n[uú]mero|is|es|#|ends? in|termina en|file|card|id|department|dept|plate|was|era))*"
     r"\s*[:#]?\s*)((?=[\w-]*\d{3})[\w]+(?:[-\s]\d+[\w-]*)*)", 1),
    ("id", 0.85, rf"(?i:\b(?:plates?|placas?|license|social(?: security)?|case|caso|expediente|seguro|medi-?cal|badge)\b(?:\s+(?:number|n[uú]mero|is|es|ends in|de|era|was))*\s+)"
     rf"((?:{_NUM}|\b\w\b|\b(?:equis|zeta|ka|cu|efe|hache|jota|ele|eme|ene|erre|ese|ve|uve|doble|ye|ge|be|ce|de)\b)(?:[\s,-]+(?:{_NUM}|\w\b|equis|zeta|ka|cu|efe|hache|jota|"
     r"ele|eme|ene|erre|ese|ve|uve|doble|ye|ge|be|ce|de)\b){3,})", 1),
    ("phone", 0.9, r"(?<![\w-])(?:\+?34[\s.-]?)?[679]\d{2}(?:[\s.-]\d{2,3}){2,3}(?![\w-])", 0),
    ("id", 0.6, r"(?<![\w$€.,/-])(?!(?:19|20)\d{6}\b)\d{6,14}(?:[\s-]?[A-Z]|[a-z])?(?![\w%]|[.,]\d)", 0),
    ("address", 0.9, r"(?i:\b(?:c/|(?:calle|avda\.?|avenida|plaza|paseo)(?![^\W\d_]))\s*)(?:[\w'’.]+\s+){0,5}?[\w'’.]+,?\s+\d{1,4}\b(?:,?\s*\d{1,3}\s?[ºª]?\s?[A-Z]?\b)?", 0),
    ("phone", 0.97, r"(?<![\w-])(?:\+?\d{1,2}[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-]?)\d{3}[\s.-]?\d{4}(?![\w-])", 0),
    ("phone", 0.9, r"(?<![\w-])\+\d{1,3}(?:[\s.-]?\d{2,4}){2,5}(?!\w)", 0),
    ("phone", 0.9, r"(?<![\w-])\d{3}[.-]\d{4}(?![\w-])", 0),
    ("phone", 0.9, r"(?<![\w-])\d{3}[\s.-]\d{3}[\s.-]\d{2}[\s.-]\d{2}(?![\w-])", 0),
    ("handle", 0.9, r"(?<!\w)[A-Za-z]\w{2,}#\d{3,5}\b", 0),
    ("id", 0.9, r"(?<!\w)\d{2}\s?[A-Z]{2,5}\s?\d{4,6}(?:\s?[A-Z]\b)?", 0),
    ("id", 0.85, r"(?i:\b(?:case|caso|docket|court|expediente)\b[^.!?\d]{0,20}?)(\d{2}\s?[A-Za-z]{2,5}\s?\d{4,6}(?:\s?[A-Za-z]\b)?)", 1),
    ("address", 0.85, r"(?i:\bzip(?: code)?(?: is)?\s+)(\d{5})\b", 1),
    ("address", 0.9, r"(?i:\bp\.?\s?o\.?\s?box\s+\d+)(?:,?\s+[A-Za-z]+){0,3}(?:\s+\d{5})?", 0),
    ("address", 0.85, rf"(?i:\b(?:live|lives|lived|stay|stays|staying|house is|vivo|vivimos|vive)\s+(?:at|en|on)\s+)(?:la |el )?((?i:{_NUM}(?:[\s-]{_NUM})+\s+)(?:\w+)(?:\s\w+)?)", 1),
    ("address", 0.85, r"(?i:\besquina (?:de|con) )((?:la |el )?[\w'’]+ (?:y|con) (?:la |el )?[\w'’]+)", 1),
    ("address", 0.85, r"(?i:\b(?:on|at|by|off|near) )((?:[\w'’]+ ){1,3}?(?i:st|street|ave|avenue|blvd|boulevard) (?:and|&) [\w'’]+)", 1),
    ("date", 0.9, r"(?i:\b(?:born|birthday|dob|d\.o\.b\.?|nacimiento|naci[oó])\b[^.!?\d]{0,15})((?:19|20)\d{6}|\d{8})\b", 1),
    ("date", 0.9, r"(?<![\d/.-])\d{1,2}\s?([/.-])\s?\d{1,2}\s?\1\s?(?:19|20)?\d\d(?![\d/-])", 0),
    ("date", 0.85, r"(?i:(?<!\w)\d{1,2}[-/. ](?:iii?|iv|vi{0,3}|ix|xi{0,2}|i|v)[-/. ](?:19|20)\d\d\b)", 0),
    ("date", 0.85, rf"(?i:\b{_ES_MONTH}\s+(?:el\s+)?{_DAY},?\s+(?:de|del)\s+{_YEAR})", 0),
    ("date", 0.9, r"(?<!\d)(?:19|20)\d\d-\d{2}-\d{2}(?!\d)", 0),
    ("date", 0.85, rf"(?i:\b{_EN_MONTH}\s+{_DAY},?\s+(?:of\s+)?{_YEAR})", 0),
    ("date", 0.85, rf"(?i:\b(?:the\s+)?{_DAY}\s+(?:of\s+)?{_EN_MONTH},?\s+{_YEAR})", 0),
    ("date", 0.85, rf"(?i:\b(?:el\s+(?=[^\W\d]))?{_DAY}\s+de\s+{_ES_MONTH}\s+(?:de|del)\s+(?:año\s+)?{_YEAR})", 0),
    ("date", 0.85, rf"(?i:\b(?:born|birthday|bday|b-day|dob|d\.o\.b\.?|birthdate|turn(?:ed|s|ing)?)\b[^.!?]{{0,25}}?)((?i:{_EN_MONTH}\s+{_DAY}|{_DAY}\s+(?:of\s+)?{_EN_MONTH}))", 1),
    ("date", 0.85, rf"(?i:\b(?:naci[oóeé]\w*|cumple\w*|nacimiento)\b[^.!?]{{0,25}}?)((?i:{_DAY}\s+de\s+{_ES_MONTH}))", 1),
    ("address", 0.9, rf"(?<![\w-])\d{{1,5}}(?:\s+(?:\d/\d|and a half))?\s+(?:[NSEW]\.?\s+|(?i:north|south|east|west)\s+)?(?!(?i:am|pm|a\.m|p\.m|more|other|people|kids|minutes|hours|years|days|weeks|months|different|or|to|and|in|of|at)\b)(?!(?i:hour|minute|day|week|month|year|mile|dollar|percent|step)s?\b)(?:[\w'’-]+\.?\s+){{1,3}}?(?i:{_STREET})\b\.?{_UNIT}", 0),
    ("address", 0.9, rf"(?i:\b(?:calle|avenida|av\.?|boulevard|bulevar)\s+)(?:[\w'’]+\s+){{1,4}}?(?i:n[uú]mero\s+)?\d{{1,5}}\b(?i:{_UNIT})", 0),
    ("address", 0.9, r"(?i:\b(?:calle|avenida)\s+)(?:[A-ZÁÉÍÓÚÑ][\w'’]+\s?){1,3}(?=[,.;]|$|\s+(?:y|con|cerca|junto)\b)", 0),
    ("address", 0.9, rf"(?i:\b(?:on|at|by|off|near|en|over on|over by|corner of|la|en la|esquina de)\s+)((?:[A-Za-zÁÉÍÓÚÑáéíóúñ'’]{{3,}}\s+){{1,2}}(?i:and|&|y|con)(?i:\s+la)?\s+(?i:{_ORD}))\b", 1),
    ("address", 0.9, r"(?i:\b(?:corner|esquina|cross streets?)\b[^.!?]{0,20}?\s)((?!(?i:the|where|with|and|donde)\b)[\w'’]{3,}(?:\s[A-Z][\w'’]+)?\s(?i:and|&|y|con)(?i:\sla)?\s(?!(?i:the|they|ahi|ahí|my|i)\b)[\w'’]{3,}(?i:\s(?:st|street|ave|avenue|blvd))?)", 1),
    ("address", 0.85, r"\b((?:[A-Z][\w'’]+\s){1,2}(?:and|&|y|con)(?:\sla)?\s(?:[A-Z][\w'’]+\s?){1,2}(?i:st|street|ave|avenue|blvd))\b", 1),
    ("address", 0.85, r"\b(?:[Aa]venue|Ave\.?)\s[A-Z](?:-\d+)?\b", 0),
)  # fmt: skip
_COMPILED = tuple((kind, score, re.compile(pattern), group) for kind, score, pattern, group in _RULES)
_QUICK = Quick(pattern for _, _, pattern, _ in _COMPILED)
_CORNER_NO = re.compile(rf"^(?:{_NUM}|{_ORD}|the|her|his|my|their|every|grade|between|both)\b", re.IGNORECASE)
_RECENT = re.compile(r"(?:202[2-9]|20[3-9]\d|(?<!\d)2[2-9]$)")
_EMPTY = re.compile(
    r"\d|@|arroba|dot|punto|underscore|gu[ií][oó]n|://|www|_|\.|\$|\b[a-z]{1,3}[A-Z]|insta|snap|\big\b|tik ?tok|handle|user|usuario|discord|gamertag|screen ?name|b[uú]scame|\bface\b|\bkik\b",
    re.IGNORECASE,
)


def find_patterns(text: str, *, meeting: bool = False) -> Iterator[Hit]:
    """Yield spans of structured identifiers; `meeting` says that a recent full date is the session's own."""
    quick = bool(_EMPTY.search(text))
    for i in _QUICK.places(text):
        kind, score, pattern, group = _COMPILED[i]
        if not quick and kind in ("email", "url", "handle", "phone"):
            continue
        for m in pattern.finditer(text):
            start, end = m.span(group)
            if _spurious(kind, text, start, end, meeting=meeting):
                continue
            yield Hit(start, end, kind, DETECTOR, score)


def _spurious(kind: str, text: str, start: int, end: int, *, meeting: bool) -> bool:
    found = text[start:end]
    if kind == "address":
        return bool(_CORNER_NO.match(found)) or bool(
            re.search(r"(?i)\b(?:and|y)\s+(?:first|second|third|primera|segunda)$", found) and found.islower()
        )
    if kind == "date":
        return meeting and bool(_RECENT.search(found))
    if kind == "handle":
        return bool(re.fullmatch(r"(?i)(?:e\.g|i\.e|etc)\.?|(?:on|is|not|the|y|and)", found)) or _sentence_dot(found)
    if kind == "id":
        return bool(re.fullmatch(r"(?:LS|SB|AB|LK|SPA|COVID|AB-|HR)[- ]?\w{0,5}|(?:19|20)\d\d", found))
    return False


def _sentence_dot(found: str) -> bool:
    """Whether a dot between two words is a full stop without its space (`done.then`)."""
    from feedback.privacy._lexicon import fold, lexicon

    parts = [p for p in re.split(r"\.", found) if p]
    return (
        "_" not in found
        and len(parts) == 2
        and all(p.isalpha() and lexicon().ordinary(fold(p)) for p in parts)
        and parts[1].lower()
        in (
            "and",
            "the",
            "then",
            "but",
            "they",
            "she",
            "you",
            "that",
            "this",
            "what",
            "when",
            "pero",
            "los",
            "las",
            "que",
            "no",
        )
    )
