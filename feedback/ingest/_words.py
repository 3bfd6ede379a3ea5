"""The words by which readers tell language, agreement and logistics, in English and Spanish. Pure functions on text."""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "NUMBER_WORDS",
    "agreement_of",
    "asks",
    "echoes",
    "fold",
    "is_aside",
    "is_housekeeping",
    "is_logistics",
    "language_of",
    "number_in",
    "plain",
    "words_of",
]

_EN_LIST = """the and of to is are was were be been being you your they them their we our i i'm i'd i'll i've it's that's don't
    doesn't didn't can't won't isn't wasn't what when where who why how which with for from this these those there here my
    mine his her she him its at on by or if but so then than because cause just like got get gets getting go going gonna
    wanna gotta know think said say says tell told want need needs help helps people kids school house home work about all
    some any every everybody everyone nobody nothing something one two three four day night year time up out down over
    off into back after before still only also too very really more most much many not never always ever yeah yes okay ok
    would could should will did does do have had please thank thanks sorry good bad new old same us y'all ain't let make
    made take took give gave keep stop come came see saw look call called went off-topic session pass feel felt really
    without around again lady guy girl boy mom dad kid teacher class money job bus phone"""
_EN = frozenset(_EN_LIST.split())
_ES_LIST = """el la los las un una unos unas de del al y e que qué en con por para pero porque como cómo cuando cuándo donde dónde
    quien quién quienes cual cuál es son está están estoy estamos era eran fue fueron ser estar hay había tiene tienen
    tengo tenemos tenía hace hacen hacer va voy vamos ir yo tú él ella ellos ellas nosotros nosotras usted ustedes mi mis
    tu tus su sus nuestro nuestra se te le les lo nos esto eso esa ese este esta estos estas aquí ahí allá ahorita ahora
    ya también tampoco nada nadie algo alguien todo toda todos todas muy más menos mucho mucha muchos muchas poco bien mal
    sí si ni sin sobre entre hasta desde así pues bueno entonces luego siempre nunca casa escuela hijo hija hijos hijas
    niño niña niños niñas muchacho muchacha señora señor gente ayuda trabajo dinero miedo día noche años cada uno dos tres
    dice dicen digo dijo dijeron decir sabe saben sé quiero quiere quieren puede pueden puedo gracias mija mijo verdad
    igual igualito claro cierto imagínate ándale órale nomás otra otro otros otras mejor vez veces después antes mientras
    familia mamá papá abuela vecina comadre renta cuarto ninguna ninguno"""
_ES = frozenset(_ES_LIST.split())
_SHARED_LIST = "a no me he o son van sin as come once use real has todo ten pan red pie dice sea hay fin is"
_SHARED = frozenset(_SHARED_LIST.split())
_LOAN_LIST = "café cafés résumé fiancé fiancée cliché née piñata piñatas jalapeño quinceañera señorita promotora"
_LOAN = frozenset(_LOAN_LIST.split())
_CODE = re.compile(r"\b\w*\d\w*\b|\b(?:LA|EL|DE|SE)\b")
_CODED = re.compile(r"\d|LA|EL|DE|SE")  # without one of these, `_CODE` finds nothing
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)
_ACCENT = re.compile(r"[áéíóúñü]")

NUMBER_WORDS: dict[str, int] = {
    w: n
    for n, group in {
        1: "one uno una un",
        2: "two dos",
        3: "three tres",
        4: "four cuatro",
        5: "five cinco",
        6: "six seis",
        7: "seven siete",
        8: "eight ocho",
        9: "nine nueve",
        10: "ten diez",
        11: "eleven once",
        12: "twelve doce",
        13: "thirteen trece",
        14: "fourteen catorce",
        15: "fifteen quince",
        16: "sixteen dieciséis dieciseis",
        17: "seventeen diecisiete",
        18: "eighteen dieciocho",
        19: "nineteen diecinueve",
        20: "twenty veinte",
        21: "twenty-one veintiuno veintiún veintiuna",
        22: "twenty-two veintidós veintidos",
        23: "twenty-three veintitrés",
        24: "twenty-four veinticuatro",
        25: "twenty-five veinticinco",
        30: "thirty treinta",
    }.items()
    for w in group.split()
}
_NUM = (
    r"(?P<n>\d{1,3}|"
    + "|".join(sorted((w for w, n in NUMBER_WORDS.items() if w not in ("un", "una")), key=len, reverse=True))
    + ")"
)


def fold(text: str) -> str:
    r"""Fold white space to single spaces and normalise to NFC; invisible marks and stray controls go.

    >>> fold(" a\u00a0b\n c ")
    'a b c'
    """
    if text.isascii() and text.isprintable():  # nothing to mend but spaces
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"[\u200b\u200e\u200f\u2060\ufeff\u00ad\x00-\x08\x0e-\x1b\x7f]", "", text)
    return " ".join(text.split())


def plain(text: str) -> str:
    """Return lower case without accents or punctuation, for comparison only."""
    bare = text.lower()
    if not bare.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w\s']", " ", bare.replace("’", "'")).split())


def words_of(text: str) -> list[str]:
    """Return the words, lower case, straight apostrophes."""
    return [w.lower().replace("’", "'") for w in _TOKEN.findall(text)]


def number_in(text: str) -> int | None:
    """Return the value of a numeral or number word (1 to 30, English or Spanish), or None."""
    text = text.strip().lower()
    return int(text) if text.isdigit() else NUMBER_WORDS.get(text)


def language_of(text: str, default: str | None = None) -> str | None:
    """Return `en`, `es`, `mixed`, or `default` where the words do not tell.

    >>> language_of("They're just out there, en la banqueta."), language_of("nobody"), language_of("211")
    ('mixed', 'en', None)
    """
    en = es = capital = 0
    for token in _TOKEN.findall(_CODE.sub(" ", text) if _CODED.search(text) else text):
        word = token.lower().replace("’", "'")
        if word in _SHARED:
            continue
        en += word in _EN
        spanish = word in _ES or (
            not word.isascii() and word not in _LOAN and bool(_ACCENT.search(word)) and token[0].islower()
        )
        capital += spanish and token[0].isupper() and word.isascii()
        es += spanish
    es += 2 * ("¿" in text or "¡" in text)
    if en:
        es -= capital
    if not en and not es:
        return default
    low, high = sorted((en, es))
    if low and (low >= 2 or high <= 12):
        return "mixed"
    return "es" if es > en else "en"


_AGREE_NOUN = (
    r"(?:nods?|nodded|nodding|dots?|votes?|stickers?|check ?marks?|checks|ticks?|thumbs(?: up)?|hands(?: up| raised)?"
    r"|agree[ds]?|in agreement|said (?:the )?same|same|likes?|hearts?|\+1s?"
    r"|others?(?: (?:agree[ds]?|said|saw|see|seeing|nodd?\w*|same|had|have))?|(?:people|youth|parents"
    r"|moms) (?:agree[ds]?|nod\w*|said)"
    r"|asienten|asintieron|votos?|puntos?|puntitos|manos|de acuerdo|estrellas|otr[oa]s|más (?:dijeron|de acuerdo|igual))"
)
_COUNTS = (
    re.compile(r"(?<![\w.])[x×]\s?(?P<n>\d{1,3})(?![\w.]*\w)", re.I),
    re.compile(r"\(\s*(?P<n>\d{1,3})\s?[x×]\s*\)|(?<![\w.])(?P<m>\d{1,3})\s?[x×]\s*$", re.I),
    re.compile(rf"(?<![\w.$-]){_NUM}\s+(?:(?:heads?|big|more|otr[oa]s|personas|people)\s+)?{_AGREE_NOUN}(?!\w)", re.I),
    re.compile(rf"\(\s*{_NUM}\s+(?:\w+\s+){{0,3}}(?:said|agreed?|nodd\w*|dijeron|had|have had)\b[^()]*\)", re.I),
    re.compile(r"\(\s*\+\s?(?P<n>\d{1,3})\s*\)|(?<=\s)\+(?P<m>\d{1,2})\s*$"),
    re.compile(rf"(?:votes?|dots?|nods?|votos?|puntos?)\s*[:=]\s*{_NUM}(?!\w)", re.I),
)
_CODES_AGREE = re.compile(
    r"\((?=[^()]*(?:agree|nod|same|dot|de acuerdo|igual|too\b))(?:[^()]*\b[A-Z]{1,2}\d{1,2}\b)+[^()]*\)", re.I
)
_TALLY = re.compile(r"(?<!\w)(?P<t>\|{2,}|[✓✔☑]{1,}|(?:\+1[ ,]*){2,}|\+{2,}|I{4,}|(?:✋|👍|❤️?|🙌){1,})(?=\W|$)")
_SAME = re.compile(
    (
        r"^\W*(?:(?:all )?same|ditto|me too|igual(?:ito)?|lo mismo|yo también|idem)(?=\W*$|\s*[,.;:!(–—-]|\s+(?:here|at|in"
        r"|with|for|thing|problem|issue|question|aquí|en|con|que)\b)"
    ),
    re.I,
)


def agreement_of(text: str) -> int | None:
    """Return how many others agreed, as a note says it; None where no number is given ("several nods").

    >>> [agreement_of(t) for t in ("DOG PROGRAM!! (x5)", "6 nods. One: no", "No billboards (4 agree)", "||||", "several nods")]
    [5, 6, 4, 4, None]
    """
    if m := _CODES_AGREE.search(text):
        return len(re.findall(r"\b[A-Z]{1,2}\d{1,2}\b", m[0]))
    for pattern in _COUNTS:
        if m := pattern.search(text):
            return number_in(next(g for g in m.groups() if g))
    tallies = list(_TALLY.finditer(text))
    if len(tallies) == 1 and not re.search(r"(?<!\w)I{2,3}(?!\w)", text):
        marks = tallies[0]["t"]
        return marks.count("1") if "1" in marks else len(marks.replace("\ufe0f", ""))
    return 1 if _SAME.match(text) else None


_STRONG = (
    r"same(?: here| thing)?(?=\W*$|\s*[,.!;:]| with\b| at\b| in\b| for\b| as\b)|me too|us too|facts|fax|exactly|agreed"
    r"|i agree|ditto|(?:she|he|they|you)(?:'s|'re| is| are) right"
    r"|(?:tiene|tienes|tienen) raz[oó]n|good point|that'?s (?:so )?(?:true|right|facts|real)"
    r"|so true|what (?:she|he|they) said|i second that|preach|amen|\+1|(?:(?:nosotr[oa]s|yo|a m[ií]) )?igual(?:ito)?s?"
    r"|yo tambi[eé]n"
    r"|(?:a m[ií]|a nosotr[oa]s|nosotr[oa]s) tambi[eé]n|lo mismo|as[ií] (?:es|mero|mismo)|exacto|exactamente"
    r"|(?:eso )?es (?:cierto|verdad|la verdad)|tal cual|de acuerdo|(?:yo|nosotr[oa]s) tampoco|me neither"
)
_WEAK = (
    r"yes|yeah|yep|yup|yess+|true|right|for real|fr|totally|absolutely|word|mm-?\s?hmm?|uh-?\s?huh|period|s[ií]"
    r"|claro|cierto|eso|[aá]ndale"
)
_LEAD = r"^\W*(?:(?:ay|oh|ooh|uf|uy|oh my god|omg|dude|girl|no|and|y|pues|um|okay|ok|yeah|s[ií])\W+){0,2}"
_STRONG_START = re.compile(_LEAD + rf"(?:{_STRONG})(?!\w)", re.I)
_WEAK_START = re.compile(_LEAD + rf"(?:{_WEAK})(?!\w)", re.I)
_WEAK_END = re.compile(rf"(?:^|[.!?,]\s+)(?:(?:ay|oh|oh my god|omg)\W+)*(?:{_STRONG}|{_WEAK})\W*$", re.I)
_BUT = re.compile(r"^\W*\w+\W+(?:but|though|pero|except|aunque|not|no|o|or)\b", re.I)
_ALSO = re.compile(r"^\W*(?:same\b|ditto|me too|igual|yo tamb|a m[ií] tamb)", re.I)
_EVERYBODY = re.compile(r"\b(?:all|everybody|everyone|todas|todos|whole room)\b", re.I)
_REMARK = re.compile(r"[\[(][^\[\]()]{1,40}[\])]")
_NEITHER = re.compile(r"^\W*(?:nosotr[oa]s|yo)\s+(?:ya\s+)?ni\b|^\W*(?:us|me) (?:neither|either)\b", re.I)


def echoes(text: str, before: str | None) -> tuple[bool, int | None]:
    """Say whether a spoken turn only agrees with the one before, and the number it adds (1 or None).

    `before` is the last participant's turn where nobody else spoke since, else None. The pair is (is agreement, count);
    (False, 1) means: agrees, and says more.
    """
    remark = " ".join(_REMARK.findall(text))
    text = _REMARK.sub(" ", text).strip() or text
    if remark and before is not None and re.search(r"laugh|risa", remark, re.I):
        before = ""
    only, number = _echo(text, before, len(text.split()))
    return only, None if _EVERYBODY.search(remark) else number


def _echo(text: str, before: str | None, count: int) -> tuple[bool, int | None]:
    if _STRONG_START.match(text) and _ALSO.match(text):
        return (True, 1) if count <= 13 else (False, 1)
    if _BUT.match(text) or text.rstrip().endswith("?"):
        return False, None
    if before is not None and re.fullmatch(r"\W*(?:todas|todos|everybody|everyone|all of us|toditas)\W*", text, re.I):
        return True, None
    if _STRONG_START.match(text):
        return (True, 1) if count <= 10 else (False, None)
    if before is None:
        return False, None
    if _NEITHER.match(text) and count <= 8:
        return False, 1
    if _WEAK_END.search(text) and count <= 7:
        return True, 1
    if _WEAK_START.match(text) and count <= 7:
        return count <= 6, 1
    if count <= 10 and re.search(
        r"\b(?:todas|todos|we(?: have|'ve)? all|all of us) (?:hemos|pasamos|been|have|do|did|know)\b", text, re.I
    ):
        return True, None
    if count <= 10:
        first = plain(re.split(r"[.!?,]", text.strip(), maxsplit=1)[0])
        if 1 <= len(first.split()) <= 4 and len(first) > 5 and plain(before).endswith(first):
            return True, 1
    return False, None


_LOGISTICS = re.compile(
    r"gift ?cards?|record(?:ing|ed|er)\b|hit record|(?:camera|mic|mute)s?\b|unmute|confidential|private message"
    r"|sign.?in|bathroom|restroom"
    r"|(?:take|pause|back from|have) (?:a |us |un )?(?:\w+ )?(?:break|minutes)|ten minutes|five minutes|we're "
    r"back|welcome back"
    r"|(?:come|bring it|be the one who comes) back|before we (?:keep going|start|begin|move)|step out|side room"
    r"|other room|support person"
    r"|(?:our|the|on-call) (?:counselor|clinician)|message you|thank you (?:all|everybody|everyone|so much|both)"
    r"|thanks (?:all|everybody|everyone|for coming)"
    r"|help yourselves|grab (?:some )?food|there(?:'s| is) food|consent form|ground rules|mandated report"
    r"|stickers? with|parking validat"
    r"|can (?:you|everybody|everyone) (?:all )?(?:hear|see) me|am i on|good (?:morning|afternoon|evening)|my name is"
    r"|welcome,? every"
    r"|tarjetas?\b|grab(?:ar|ando|ación|amos)|c[aá]maras?|micr[oó]fono|confidencial|intérprete está|descanso|"
    r"paramos|vamos a parar"
    r"|(?:cinco|diez|quince) minutos|ya volvimos|de regreso|regresamos|compañer[oa]|la otra sala|se queda aquí"
    r"|buen[oa]s (?:d[ií]as|tardes|noches)"
    r"|bienvenid|muchas gracias a tod|gracias por venir|hay (?:pan|café|comida)|la lista|un momento|tomar agua"
    r"|quieren (?:agua|parar)|take a (?:second|minute|moment)|sit with (?:that|it)|turn (?:it|this) off|les traemos"
    r"|los baños|me escuchan|se oye",
    re.I,
)
_ASK = re.compile(
    r"\b(?:tell (?:me|us)|describe|talk (?:about|to me)|imagine|think (?:of|about|back)|walk (?:me|us) through|"
    r"say more|go on"
    r"|what about|how about|anything else|who else|anybody else|you (?:get|have) (?:one|two|three|five|a|\w+) (?:wish"
    r"|minute|thing|dollar|million|magic)\w*|magic wand|finish (?:the|this) sentence"
    r"|cu[eé]nt[ea](?:me|nos|nme|nnos)|d[ií]gan(?:me|nos)|plat[ií]que\w*|hablen|h[aá]blenme|imag[ií]nen\w*|piensen"
    r"|preg[uú]nt[ea](?:le|les|n|nle|nles)?"
    r"|si (?:tuvieran|pudieran|ustedes)|algo más|alguien más|varita)\b",
    re.I,
)
_ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|next|last|final|number (?:one|two|three|four|five|six)|question (?:one"
    r"|two|three|\d))"
    r"(?: (?:one|question|thing)\b|\s*[.:,])|^\W*(?:okay\W+|ok\W+|and\W+|bueno\W+)?[A-H][,.)]\s"
    r"|^\W*(?:\w+\W+){0,3}(?:la |y la )?(?:primera|segunda|tercera|cuarta|quinta|sexta|[uú]ltima|siguiente)\b",
    re.I,
)
_TAG = re.compile(
    (
        r"(?:^|[,.!¿])\s*[¿]?\s*(?:okay|ok|alright|all right|right|yes|verdad|sí|si|no|de acuerdo|quieren (?:agua|parar)"
        r"|seguimos|listos|y'?all good|cool|sound good)\s*\?"
    ),
    re.I,
)


def is_logistics(text: str) -> bool:
    """Say whether a facilitator's words are about the meeting (recording, breaks, gift cards, thanks, follow-up)."""
    return bool(_LOGISTICS.search(text))


def asks(text: str) -> int:
    """Say how surely a facilitator's turn asks something: 0 no, 1 by a question mark or a request, 2 by its number too."""
    bare = _TAG.sub("", text) if "?" in text else text
    number = bool(_ORDINAL.search(bare))
    return 2 if number else int("?" in bare or "¿" in bare or bool(_ASK.search(bare)))


_HOUSEKEEPING = re.compile(
    r"can (?:you|y'?all|everybody) (?:hear|see) me|me escuchan|me oyen|you'?re (?:muted|frozen|breaking up)|i was muted"
    r"|my (?:laptop|phone|battery|wifi|internet|screen|audio)\b.{0,20}\b(?:on|dying|dead|at|out|froze)"
    r"|(?:get|got|give us) (?:the|a|our|my) (?:gift )?card|where(?:'s| is| are) the (?:bath|rest)room|is (?:this"
    r"|it) (?:being )?record|(?:gotta|have to|need to) (?:go|leave|log off|hop off) (?:now|early)|what number am i"
    r"|which number"
    r"|me tengo que (?:ir|desconectar|salir)|se me (?:acaba|corta) (?:el|la)|cu[aá]l n[uú]mero soy|est[aá]n? grabando"
    r"|d[oó]nde (?:est[aá]|queda) el ba[nñ]o|me salgo al pasillo|no se oye",
    re.I,
)
_CLARIFY = re.compile(
    (
        r"^[^?\w]*(?:y\W+|so\W+|and\W+)?(?:what|where|when|who|which|how|did|does|do|was|were|is|are|qu[eé]|c[oó]mo"
        r"|d[oó]nde|cu[aá]ndo|qui[eé]n|le|les|te)\b[^?]*\?\W*$"
    ),
    re.I,
)


def is_housekeeping(text: str, *, answering: bool) -> bool:
    """Say whether a participant's words are about the meeting, or only ask the one before to make something clear."""
    count = len(text.split())
    return bool(count <= 18 and _HOUSEKEEPING.search(text)) or bool(
        not answering and count <= 7 and _CLARIFY.match(text)
    )


def is_aside(text: str) -> bool:
    """Say whether the whole unit is a bracketed remark such as `[applause]` or `(music)`."""
    return bool(re.fullmatch(r"[\[(♪*][^\[\]()]{0,120}[\])♪*]", text.strip()))
