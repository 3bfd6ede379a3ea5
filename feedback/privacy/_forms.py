"""Identifiers that a label or a cue announces: form fields, numbers of records, addresses, long strings of digits."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_forms"]

DETECTOR = "forms@2"
_LINE = r"[ \t]*[:=][ \t]*"
_NAME_FIELD = (
    r"nombre(?:s| completo| y apellidos?)?|apellidos?|paciente|m[eé]dico|remitid[oa] por|responsable(?: cl[ií]nico)?|full name|first name|"
    r"last name|surname|name|client|participant name|contact(?: person)?|madre|padre|tutor(?:a)?|mother|father|guardian|caseworker|social worker|"
    r"trabajadora? social|attorney|abogad[oa]|judge|juez|teacher|maestr[oa]|supervisor(?:a)?|spouse|esposo|esposa"
)
_ADDRESS_FIELD = r"domicilio|direcci[oó]n|address|home address|mailing address|street address|residence|residencia"
_ID_FIELD = (
    r"nhc|nass|cipa?|cip-?[a-z]*|nif|nie|dni|curp|rfc|nss|imss|cuil|cuit|c[eé]dula|pasaporte|passport|n[º°o]\.?\s?col(?:egiad[oa])?|colegiad[oa]|"
    r"historia(?: cl[ií]nica)?|n[uú]mero de (?:historia|afiliaci[oó]n|seguro|p[oó]liza|expediente|caso|cuenta|tarjeta|folio|estudiante|cliente)|"
    r"p[oó]liza|folio|afiliaci[oó]n|mrn|medical record(?: number)?|member(?:ship)?(?: id)?|policy|account|acct|routing|card(?: number)?|tarjeta|cuenta|iban|"
    r"student(?: id)?(?: number)?|client(?: id)?(?: number)?|employee(?: id)?|perm(?: id)?|ssid|cin|a-?number|alien(?: number)?|receipt(?: number)?|"
    r"i-?94|uscis|case(?: number| no\.?)?|caso|docket|petition|minute order|cws(?:/cms)?|referral(?: number)?|report(?: number)?|incident(?: number)?|"
    r"booking(?: number)?|cdcr?|inmate|badge|license|licencia|licen[cs]e plate|plates?|placas?|matr[ií]cula|vin|ein|itin|ssn|social(?: security)?(?: number)?|seguro(?: social)?|"
    r"voucher(?: number)?|ebt|medi-?cal|bic|id(?: number| no\.?)?|identificaci[oó]n|credencial|expediente|case file|file(?: number| no\.?)?"
)
_BE = r"(?:\s+(?:number|no\.?|num\.?|n[uú]m(?:ero)?\.?|is|es|era|was|ends? in|termina en|it'?s|de|:|#|n[º°]))*"
_VALUE = r"(?=[\w./-]*\s?[\w./-]*\d)(?:[A-Za-z]{0,5}[-./]?\d[\w./-]*|[A-Za-z]{1,3}(?=[ -]\d))(?:[ -](?:\d[\w./-]*|[A-Z]{1,4}\b(?=[ -]?\d)|[A-Z]\b))*"
_WAY = (
    r"(?:c/\s?|p[º°]\.?\s?|(?:c|cl|avda|av|pza|pz|plz|ctra|crta|cno|trav|urb|calz|blvd)\.\s?|"
    r"(?:avda|av|pza|pz|plz|ctra|crta|calle|avenida|avinguda|paseo|passeig|plaza|plaça|carretera|camino|ronda|traves[ií]a|urbanizaci[oó]n|glorieta|"
    r"rambla|calzada|privada|callej[oó]n|boulevard|blvd|bulevar)\s+)"
)
_FLOOR = (
    r"(?:[ ,.-]+(?:s/?n|km\.?\s?\d[\d,.]*|n[º°]?\s?\d+|no\.?\s?\d+|\d{1,3}\s?[ºª°](?:\s?[A-Za-z]\b)?|\d{1,3}\s?[A-Z]?\b|[PE]\d{1,2}|\d[A-Z]|bajo(?:\s[A-Z]\b)?|bj|piso\s?\w{1,4}|planta\s?\w{1,3}|"
    r"esc(?:alera|\.)?\s?\w{1,3}|puerta\s?\w{1,3}|pta\.?\s?\w{1,3}|izq(?:da|uierda)?\.?|dcha\.?|derecha|int(?:erior|\.)\s?\w{1,4}|apto?\.?\s?\w{1,4}|depto\.?\s?\w{1,4}|"
    r"bloque\s?\w{1,3}|portal\s?\w{1,3}|esquina\s(?:con\s)?\w+(?:\s\w+)?|colonia\s\w+(?:\s\w+)?|col\.\s\w+(?:\s\w+)?)\b)"
)
_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundred|oh|zero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|veinte|"
    r"treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento|mil|doscientos|trescientos|cuatrocientos|quinientos|seiscientos|setecientos|"
    r"ochocientos|novecientos|y)"
)
_NOT_HOUSE = (
    r"(?!(?:am|pm|a\.m|p\.m|o'clock|in|at|on|de|of|or|to|and|y|years?|times?|people|kids?|families|different|more|months?|weeks?|days?|hours?|minutes?|"
    r"schools?|homes?|houses?|placements?|percent|dollars?|años|meses|personas|casas|veces|horas|minutos|d[ií]as|per|a|the|la|el|other|foster|group|total)\b)"
)
_MEASURE = (
    r"(?i:\d+(?:st|nd|rd|th|s|k|am|pm|mg|ml|lbs?|kg|km|mi|ft|hrs?|min|mb|gb|x|\w{0,2}|mph|sqft|usd|calories)\b(?!-)|\d[\d-]*-[a-z]{3,}|(?:19|20)\d\d-|"
    r"(?:ls|lk|sb|ab|hr|spa|covid|aca|form|wic|sec|grade|room|phase|table|page|unit|title)-?\w{0,5}\b(?![-\w]))"
)
_RULES: tuple[tuple[str, float, str, int], ...] = (
    ("person", 0.9, rf"(?im)(?:^|(?<=[.;,|]\s)|(?<=[.;|]))[ \t]*(?:{_NAME_FIELD}){_LINE}(?:dra?\.?\s|d\.\s|dña\.?\s|mrs?\.?\s|ms\.?\s)?([^\W\d_][\w.'’ªº-]*(?:[ \t]+(?!(?:{_ID_FIELD})\b)[^\W\d_][\w.'’ªº-]*){{0,4}})", 1),
    ("address", 0.9, rf"(?i)\b(?:{_ADDRESS_FIELD}){_LINE}(\w[^\n;]{{3,70}}?)(?=\.\s|\.?$|\n|;)", 1),
    ("id", 0.9, rf"(?i)(?<![\w-])(?:{_ID_FIELD})(?!\w){_BE}{_LINE}({_VALUE})", 1),
    ("id", 0.85, rf"(?i)(?<![\w-])(?:{_ID_FIELD})(?!\w){_BE}\s*#?\s*((?=(?:[\w./ -]*?\d){{4}})[A-Za-z]{{0,5}}[-./ ]?\d[\w./-]*(?:[ -](?:\d[\w./-]*|[A-Z]{{2,5}}\b(?=[ -]?\d)|[a-z]{{3,4}}(?= \d)|[a-z]\b(?!\s\w)|[A-Z]\b))*)", 1),
    ("id", 0.85, r"(?i)\b(?:a number|a-number|n[uú]mero a|alien number)(?:\s(?:is|es))?[:\s]+((?:a[ -]?)?\d{2,3}(?:[ -]?\d{2,3}){2})", 1),
    ("id", 0.9, r"\b[A-Za-z]{2}\d{2}[ ]?[A-Za-z]{4}[ ]?\d{4}(?:[ ]?\d{2,4}){2,5}\b", 0),
    ("id", 0.85, r"(?<![\w$€.,/-])\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}(?![\w%])", 0),
    ("id", 0.85, r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", 0),
    ("phone", 0.9, r"(?i)(?:\btel[eé]?f?(?:ono)?s?\.?|\bphone|\bcell?|\bcelular|\bm[oó]vil|\bmobile|\bfax|\bdesk|\boffice|\bm[oó]bil|\bwhatsapp|\bext|\bllam(?:e|ar|en) al|\bcall(?: \w+){0,4} (?:at|on)|\banswering at|\bmessages to|\bnumber is|\bn[uú]mero es)"
     r"\s*[:#]?\s*(?:el |al |is |es )?(\+?\(?\d[\d()\s./x-]{5,22}\d)(?!\w)", 1),
    ("phone", 0.85, r"(?<![\w/$€.,-])\+?\d{0,3}[\s.-]?\(\d{1,4}\)[\s.-]?\d{2,4}(?:[\s.-]?\d{2,5}){0,4}(?!\w)", 0),
    ("phone", 0.85, r"(?<![\w/$€.,-])0\d{1,4}(?:[\s.-]\d{2,4}){2,5}(?![\w/]|[.,]\d)", 0),
    ("phone", 0.95, r"(?i)(?<![\w-])(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}(?:[\s,]*(?:ext\.?|x|extension|extensi[oó]n)\s*\d{1,6})", 0),
    ("address", 0.9, rf"(?i)(?<![\w/]){_WAY}(?:[^\W\d_][\w'’.-]*[ ,]+){{1,6}}?(?:s/?n\b|km\.?\s?\d[\d,.]*|n[º°]\s?\d+|no\.?\s?\d+|\d{{1,5}}\b\s?[ºª°]?)(?:{_FLOOR}){{0,6}}", 0),
    ("address", 0.9, rf"(?i)\bcalle\s\d{{1,3}}\s(?:no\.?|n[º°]|#|n[uú]mero)\s?\d+(?:{_FLOOR}){{0,4}}", 0),
    ("address", 0.9, r"(?i)\b(?:p\.?\s?o\.?\s?box|apartado(?: postal| de correos)?|psc\s\d+,?\s?box|unit\s\d+,?\s?box|apdo\.?)\s*\d+(?:[\s,]+(?:apo|fpo|dpo)\s[a-z]{2}\s\d{5})?", 0),
    ("address", 0.85, r"\b[A-Z][\w.]+(?:\s[A-Z][\w.]+){0,2},?\s+(?:CA|Calif\.?|California)\s+9\d{4}(?:-\d{4})?\b", 0),
    ("address", 0.85, rf"(?i)\b(?:live[sd]?|living|stay(?:s|ed|ing)?|address(?: is| was)?|house (?:is|was)|apartment (?:is|was)|moved|residing|viv(?:o|e|en|imos|[ií]a|ian)|direcci[oó]n(?: es)?|domicilio(?: es)?|nos quedamos)\s+(?:at|in|to|on|en|al?|the)?\s*(?:el |la )?"
     rf"((?:\d{{3,5}}|(?:{_NUMBER}[\s-]+){{2,6}})\s*{_NOT_HOUSE}(?:(?:north|south|east|west|norte|sur|este|oeste|n|s|e|w)\.?\s+)?{_NOT_HOUSE}(?:[^\W\d_][\w'’-]+)(?:\s+(?:street|st|avenue|ave|road|drive|place|lane|way|court|boulevard|blvd|calle|terrace)\b)?)", 1),
    # what mixes letters and figures is a record, wherever it stands; then what a bare "number" or "last four" announces
    ("id", 0.75, rf"(?<![\w@/.#$€-])(?!{_MEASURE})(?=[\w-]*\d[\w-]?\d[\w-]?\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:-?[A-Za-z0-9]+)*(?![\w@]|-\w)", 0),
    ("id", 0.75, r"(?i)(?<![\w@/.#$€-])(?!(?:in|at|of|is|a|to|de|el|la|y|es|zip|apt|no|mil|and|the|for|mas|los|las|un|my|we|us|usd|mx|ca|or|on|por|con|en|al|del|los|box|one|two|six|ten|all)\b)[a-z]{1,3}[ -]\d{2,5}[ -]?\d{3,6}(?![\w-]|[.,]\d)", 0),
    ("id", 0.8, rf"(?i)\b(?:number|n[uú]mero|i\.?d\.?|pin|code|c[oó]digo|tag|digits|d[ií]gitos|last four|[uú]ltimos cuatro)(?:\s+(?:number|is|was|are|at|my|the|for|on|it's|school|work|court|es|era|son|de|del|la|mi|of|card|file|client)){{0,5}}[\s:#]+"
     rf"((?:[a-z]|ex|ka|jota|equis|zeta)[\s-](?:{_NUMBER}|\d)(?:[\s,-]+(?:{_NUMBER}|\d|[a-z]\b)){{2,}}|\d(?:[ -]\d){{3,}}|(?:{_NUMBER}[\s,-]+){{4,}}{_NUMBER})(?!\w)", 1),
    ("id", 0.8, rf"(?i)\b(?:last four|[uú]ltimos cuatro|ends? (?:in|with)|ended in|termina(?:ba)? en)(?:\s+(?:digits|n[uú]meros|d[ií]gitos|of|de|del|my|mi|social|ssn|seguro|is|are|were|was|son|es|the|it's))*[\s:]+(\d{{4}}|(?:\d|{_NUMBER}|[a-z]|ka|jota|equis|zeta)(?:[\s-]+(?:\d|{_NUMBER}|[a-z]|ka|jota|equis|zeta)\b){{3,}})(?![\w%])", 1),
    ("id", 0.8, rf"(?i)\b(?:starts|begins|start|begin|starting|empieza|comienza|empiezan) (?:with|in|con|en) ((?:(?:{_NUMBER}|\d)[\s-]+){{2,}}(?:{_NUMBER}|\d)|\d{{3,}}|[A-Za-z]{{1,3}}[ -]?\d{{2,}})(?!\w)", 1),
    ("id", 0.75, rf"(?i)(?<![\w'’])(?:[b-hj-np-tv-z][ -]){{2,}}(?:{_NUMBER}|\d)(?:[\s-]+(?:{_NUMBER}|\d)){{2,}}(?!\w)|(?<![\w'’])\d(?:[ -][b-hj-np-tv-z]){{2,}}(?:[ -]\d){{2,}}(?!\w)", 0),
    ("id", 0.7, r"(?i)(?<![\w@/.#$-])(?=[a-z\d]*\d[a-z]+\d[a-z\d]*\b)(?=(?:[a-z\d]*[a-z]){3})[a-z\d]{6,12}(?![\w@-])", 0),
    ("id", 0.8, r"(?i)(?<![\w'’-])[b-hj-np-z](?:[ -][b-hj-np-z]){1,3}(?: dash| guion| guión|,)? \d(?:[ -]\d){2,}(?!\w)", 0),
    ("id", 0.8, r"(?i)(?<![\w-])\d[a-z]{3}[ -]\d{3}(?![\w-])", 0),
    ("id", 0.8, r"(?i)\b(?:number|n[uú]mero|badge|code|c[oó]digo|case|caso)\b[^.!?\d]{1,30}?\b(?:is|es|was|era)\s(\d(?: \d){3,})(?!\w)", 1),
    ("address", 0.8, r"(?i)\b(?:number|n[uú]mero) (?:is|was|es) (\d{2,5})(?=,? (?:and )?(?:the |on |la |el )?(?:street|calle|avenue)\b)", 1),
    ("id", 0.75, r"(?i)(?<![\w'’])(?:[b-hj-np-z][ -])?\d(?:[ -]\d){5,}(?!\w)|(?<![\w'’])[b-hj-np-z][ -]?\d(?:[ -]\d){3,}(?!\w)|(?<![\w'’-])\d[ -](?!(?:to|am|pm|by|at|de|of|in|is|or|al|mas|the|for|and|per|k)\b)[a-z]{1,3}[ -]\d{4,6}(?!\w)", 0),
    ("address", 0.85, r"(?i)\b((?:the |la )?(?:corner|esquina)\s(?:of|de)\s(?:la\s|el\s)?(?!(?:the|my|our|where|donde|mi|su)\b)[\w'’]{3,}(?:\s[\w'’]{3,})?\s(?:and|&|y|con)(?:\sla|\sel)?\s[\w'’]{2,}(?:\s(?:street|st|ave|avenue|blvd)\b)?)", 1),
    ("date", 0.85, r"(?i)(?<!\w)\d{1,2}[ -](?:de[ -])?(?:ene|feb|mar|abr|may|jun|jul|ago|sep|set|oct|nov|dic|jan|apr|aug|dec)[a-z]*\.?[ ,-]+(?:de |del )?(?:19|20)\d\d\b", 0),
    ("date", 0.85, r"(?i)\b(?:fecha de nacimiento|date of birth|birth ?date|f\.?\s?nac\.?|d\.?o\.?b\.?)\s*[:=]?\s*(?:is |es |el )?(\d[\d./ -]{4,12}\d)", 1),
)  # fmt: skip
_COMPILED = tuple((k, s, re.compile(p), g) for k, s, p, g in _RULES)
_WORTH = re.compile(r"\d|[:=]|\b(?:corner|esquina|live[sd]?|living|stay\w*|address|house|apartment|moved|residing|viv\w+|direcci[oó]n|domicilio|nos quedamos|number|n[uú]mero|plates?|placas?|last four|ends?|termina\w*|starts?|starting|begins?|empieza|comienza|pin|code|c[oó]digo|tag)\b", re.IGNORECASE)
_CHUNK = re.compile(r"(?<![\w$€.,/:#-])\d{1,5}(?:[ .-]\d{2,8}){1,6}(?![\w%/:]|[.,]\d)")
_CALL = re.compile(r"(?<![\w$€#/:.,-])\+?\(?\d(?:\)?[\s(.,/‑–—-]{0,3}\d){6,14}(?!\w|[.,:/]\d|%)")
_YEARS = re.compile(r"(?:(?:19|20)\d\d)(?:[ .-](?:(?:19|20)?\d\d))+")
_TIMED = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")


def find_forms(text: str) -> Iterator[Hit]:
    """Yield what a label, a cue or its mere length tells to be an identifier."""
    if not _WORTH.search(text):
        return
    for kind, score, pattern, group in _COMPILED:
        for m in pattern.finditer(text):
            start, end = m.span(group)
            value = text[start:end].rstrip(" .,;-\n\t")
            if kind == "phone" and (sum(c.isdigit() for c in value) < 7 or "\n" in value):
                value = value.split("\n")[0].rstrip(" .,;-")
                if sum(c.isdigit() for c in value) < 7:
                    continue
            if kind == "id" and (_YEARS.fullmatch(value) or (value.isdigit() and len(value) == 4 and value[:2] in ("19", "20"))):
                continue
            yield Hit(start, start + len(value), kind, DETECTOR, score)
    for m in _CALL.finditer(text):
        groups = re.findall(r"\d+", m.group())
        small = max(map(len, groups)) < 3 or len(groups) > 6 or m.group().count(",") > 1 or re.search(r"\d,\d{3},\d{3}", m.group())
        if not small and not _YEARS.fullmatch(m.group()) and not _TIMED.match(m.group()):
            yield Hit(m.start(), m.end(), "phone", DETECTOR, 0.75)
    for m in _CHUNK.finditer(text):
        digits = sum(c.isdigit() for c in m.group())
        if 7 <= digits <= 20 and not _YEARS.fullmatch(m.group()) and not _TIMED.match(m.group()):
            yield Hit(m.start(), m.end(), "id", DETECTOR, 0.7)
