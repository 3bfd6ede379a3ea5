"""Schools, homes, motels and parishes by their head words, and people who can be told by being the only one."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.privacy._lexicon import lexicon
from feedback.privacy._tokens import Token
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_only", "find_places"]

DETECTOR = "places@3"
ONLY = "only@1"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HEADS = _set(
    "middle high elementary academy continuation hs ms charter prep preparatory college school church chapel house home strtp motel inn hotel "
    "shelter ranch clinic hospital apartments program pines vista canyon lodge villa manor grove glen center parish mosque temple "
    "cafe market bakery laundromat warehouse group foundation haven harbor fellowship ministries tabernacle temple cottage meadow meadows landing stem"
)
_LOWER_HEADS = _set(
    "middle high elementary academy continuation house home motel inn ranch vista canyon pines grove manor villa glen hills oaks ridge heights "
    "prep charter school lodge haven harbor strtp fellowship meadow meadows acres hollow church chapel shelter hotel cottage zion tabernacle stem"
)
_AFTER_SCHOOL = _set(
    "before but because cause and when they where is was so then or till until that i we it who she he has had over in on for with last this next now "
    "called does did said people y que pero no nos le dicen closed kids"
)
_ES_HEADS = _set(
    "escuela primaria secundaria prepa preparatoria kinder parroquia iglesia motel hotel clinica casa colegio albergue hogar carniceria panaderia lavanderia taqueria lonchera academia mision taller mercado "
    "restaurante pueblo rancho colonia refugio programa centro jardin tienda cafe lavanderias"
)
_NOT_SCHOOL = _set("of class risk price prices rent rents ground man blood school's need demand up speed tech quality as on drugs stakes time times water heels")
_CUES = _set("at to from by near in into inside of attends attend was called named")
_GOING = _set("go goes going went gone back transferred transfer transfers sent moved ran placed attend attended enrolled")
_FIRMS = _set(
    "bakery market tires auto barbershop salon cafe restaurant donuts shop store garage nails daycare tacos taqueria pizza grill diner laundry cleaners "
    "muffler market's liquor motel inn kitchen"
)
_GENERIC = _set(
    "the a an my your our their his her this that these those every each no any some old new same other whole big little small good bad high middle "
    "elementary group foster safe home house night summer after public private charter local county city state parent family kinship youth "
    "community teen crisis emergency homeless drop-in health mental day care child mi su la el los las una un esa ese de en continuation alternative "
    "half way halfway full open real next first last second third juvenile my treatment rehab boarding nursing foster's drug dog warm cold empty "
    "trap party own at in to from by near church after-school law medical science community junior senior special sober living transitional one two three "
    "grandma's mom's dad's aunt's auntie's mother's grandmother's friend's uncle's sister's cousin's host board resource training "
    "and or but so she he they we it i you gets get got keep keeps kept is was are were be went goes wellness recreation rec job career support learning medical urgent regional service mobile vocational summer weekly cheap motel safe"
)  # fmt: skip
_PERSON = (
    r"girls?|boys?|kids?|child|teens?|teenagers?|dads?|moms?|fathers?|mothers?|mother|man|woman|guy|lady|grandmas?|grandpas?|grandmother|grandfather|"
    r"parents?|caregivers?|clinicians?|therapists?|teachers?|students?|nurse|doctor|pastor|counselor|worker|survivor|aunt|uncle|nonbinary|trans|deaf|"
    r"interpreter|advocate|foster dad|foster mom|twins?|youth|family|sophomore|senior|junior|freshman|player|midwife"
)
_ES_PERSON = r"señora|señor|niñ[ao]|muchach[ao]|mujer|hombre|mam[aá]|pap[aá]|madre|padre|abuel[ao]|partera|familia|trabajadora?|maestr[ao]|enfermer[ao]|joven|chic[ao]|estudiante|alumn[ao]"
_ONLY_EN = re.compile(
    rf"(?:\bthe |\ban? |^|(?<=[.!?;:] ))\b[Oo]nly (?:[\w'’-]+ ){{0,3}}?(?:{_PERSON})\b(?: [\w'’-]+){{0,4}}? (?:in|at|from|on|east of|west of|north of|south of|with|of)"
    r" (?:the |my |our |an? )?[\w'’-]+(?: [A-Z][\w'’-]+| (?:program|shelter|office|class|shop|school|building|home|house|team|unit|cottage|placement))*(?: with (?:twins|triplets|[\w-]+ (?:kids|children)))?",
)
_ONLY_EN_DEMONYM = re.compile(
    r"\b(?:I'm|I am|i'm|she's|he's|she is|he is) the only [A-Z][\w-]+(?: \w+){0,3}? (?:in|at|from|on) (?:the |my )?[\w'’-]+(?: [A-Z][\w'’-]+)*"
)
_ONLY_ES = re.compile(
    rf"\b(?:la única|el único|la unica|el unico)(?: (?:{_ES_PERSON}))?(?: [\wáéíóúñ]+){{0,2}}? (?:de|del|en) (?!(?:que|las que|los que|mi vida|verdad)\b)(?:la |el |mi |su |esta |este |aquí )?"
    r"[\wÁÉÍÓÚÑáéíóúñ'’-]+(?: [A-ZÁÉÍÓÚÑ][\wáéíóúñ'’-]+)*(?: (?:en|de) (?:la |el |mi |su |esta |este )?[\wÁÉÍÓÚÑáéíóúñ]+)?(?: [A-ZÁÉÍÓÚÑ][\wáéíóúñ'’-]+)*"
)
_ONLY_NOT = re.compile(
    r"\b(?:only (?:people|one|thing|place|time|way|reason|person)|(?:única|unica) (?:vez|cosa|manera|forma|razón|opción|ayuda)|único (?:que|lugar|modo))\b",
    re.IGNORECASE,
)
_RARE = re.compile(
    r"\b(?:(?:the|two|three) )?(?:twins?(?: sisters| brothers)?|triplets|(?:two|three|four) (?:brothers|sisters|siblings)),? (?:ages? )?\d{1,2}(?:(?:,| and|,? and) \d{1,2})*,?[^.!?]{0,30}?"
    r"\b(?:after|from|in) the [\w ]{0,20}?(?:crash|fire|shooting|accident|raid|murder|explosion|flood)\b(?: in (?:[A-Z]\w+ ?)+)?"
)


def find_only(text: str) -> Iterator[Hit]:
    """Yield "the only X in Y" and rare combinations: they name a person without a name."""
    for pattern in (_ONLY_EN, _ONLY_EN_DEMONYM, _ONLY_ES, _RARE):
        for m in pattern.finditer(text):
            if not _ONLY_NOT.search(m.group()):
                start = m.start() + (len(m.group()) - len(m.group().lstrip()))
                yield Hit(start, m.end(), "other", ONLY, 0.7)


def find_places(toks: list[Token], *, cased: bool, english: bool) -> Iterator[Hit]:
    """Yield named schools, homes, motels, parishes and programs."""
    for i, tok in enumerate(toks):
        hit = None
        if cased and tok.capital and tok.folded in _HEADS and (not tok.public or tok.upper):
            hit = _capitals_before(toks, i)
        if hit is None and cased and tok.folded in _ES_HEADS and not tok.upper:
            hit = _capitals_after(toks, i)
        if hit is None and tok.folded in _LOWER_HEADS and not tok.capital:
            hit = _lower(toks, i, english=english)
        if hit is None and tok.folded in _ES_HEADS:
            hit = max((h for h in (_lower_after(toks, i), _titled_after(toks, i)) if h), key=lambda h: h.end, default=None)
        if hit is None and i + 1 < len(toks):
            hit = _fore(toks, i)
        if hit is not None:
            yield hit
    yield from _called(toks)
    if cased:
        yield from _runs(toks)


def _near(tok: Token) -> bool:
    return tok.gap in (" ", "\u00a0")


def _capitals_before(toks: list[Token], i: int) -> Hit | None:
    j = i
    while j > 0 and _near(toks[j]):
        if toks[j - 1].capital and not toks[j - 1].public:
            j -= 1
        elif j > 1 and toks[j - 1].folded in ("of", "the", "de") and _near(toks[j - 1]) and toks[j - 2].capital and not toks[j - 2].public:
            j -= 2
        else:
            break
        if toks[j].first:
            break
    while j < i and (toks[j].folded in _GENERIC):
        j += 1
    names = [t for t in toks[j:i] if t.folded not in _GENERIC and t.folded not in _HEADS]
    if not names or (len(names) == 1 and names[0].first and names[0].ordinary):
        return None
    last = i
    while last + 1 < len(toks) and _near(toks[last + 1]) and toks[last + 1].capital and toks[last + 1].folded in _HEADS:
        last += 1
    return Hit(toks[j].start, toks[last].end, "org", DETECTOR, 0.85)


def _capitals_after(toks: list[Token], i: int) -> Hit | None:
    j = i + 1
    while j < len(toks) and _near(toks[j]) and toks[j].folded in ("de", "la", "los", "las", "el", "del"):
        if not toks[j].capital and not (j + 1 < len(toks) and toks[j + 1].capital):
            return None
        j += 1
    last = None
    while (
        j < len(toks)
        and (_near(toks[j]))
        and toks[j].capital
        and not toks[j].public
        and not toks[j].upper
        and not toks[j].first
    ):
        last = j
        j += 1
    return None if last is None else Hit(toks[i].start, toks[last].end, "org", DETECTOR, 0.8)


def _modifiers(toks: list[Token], i: int) -> int:
    """Where the words begin that stand before a head word in lower case and may name it."""
    j = i
    while (
        j > 0
        and i - j < 4
        and _near(toks[j])
        and toks[j - 1].folded not in _GENERIC
        and (not toks[j - 1].public or toks[i].folded in _STRONG)
        and toks[j - 1].folded not in _CUES
    ):
        j -= 1
        if toks[j].first:
            break
    if 0 < j < i and toks[j - 1].folded in ("el", "la", "los", "las", "new", "old") and _near(toks[j]) and j > 1:
        j -= 1
    return j


def _lower(toks: list[Token], i: int, *, english: bool) -> Hit | None:
    j = _modifiers(toks, i)
    modifiers = toks[j:i]
    if not modifiers or any(t.first for t in modifiers[1:]):
        return None
    lex = lexicon()
    strange = [
        t
        for t in modifiers
        if not t.ordinary
        or (english and lex.spanish_only(t.folded))
        or (t.folded in lex.first and t.folded in lex.ambiguous)
    ]
    cue = toks[j - 1].folded if j and _near(toks[j]) else ""
    head, start = toks[i].folded, modifiers[0].start if strange and modifiers[0].folded in ("el", "la", "los", "las", "new", "old") else 0
    if head in ("middle", "high", "elementary", "school", "prep", "charter", "stem"):
        return _school(toks, i, j, strange)
    if strange:
        return Hit(start or strange[0].start, toks[i].end, "org", DETECTOR, 0.8)
    if head in _STRONG and cue in ("the", "to", "at", "from", "in"):
        return Hit(modifiers[0].start, toks[i].end, "org", DETECTOR, 0.7)
    if head in _RARE_HEADS and (cue in _CUES or cue in ("the", "")):
        return Hit(modifiers[0].start, toks[i].end, "org", DETECTOR, 0.7)
    group = j and len(modifiers) > 1 and head in ("home", "house") and modifiers[-1].folded in ("group", "foster")
    if group and cue in _CUES:
        return Hit(modifiers[0].start, toks[i].end, "org", DETECTOR, 0.7)
    moved = {t.folded for t in toks[max(0, j - 4) : j]}
    if cue in ("to", "at", "in", "from", "en") and moved & (_GOING | {"placement", "put", "transfer", "stayed", "lived", "pusieron", "mandaron"}):
        return Hit(modifiers[0].start, toks[i].end, "org", DETECTOR, 0.75)
    return None


def _school(toks: list[Token], i: int, j: int, strange: list[Token]) -> Hit | None:
    """A school in lower case: "at carlisle middle", "went to lockwood high school", "from our lady of sorrows school"."""
    modifiers, cue = toks[j:i], toks[j - 1].folded if j and _near(toks[j]) else ""
    after = toks[i + 1] if i + 1 < len(toks) and _near(toks[i + 1]) and not toks[i + 1].first else None
    school = after is not None and after.folded == "school"
    last = after.end if after is not None and school else toks[i].end
    if strange and not (after is not None and after.folded in _NOT_SCHOOL):
        first = strange[0] if strange[0].start != modifiers[0].start and len(modifiers) > 2 else modifiers[0]
        return Hit(first.start, last, "org", DETECTOR, 0.8)
    ends = after is None or after.folded in _AFTER_SCHOOL or school
    if cue == "then" and ends and {t.folded for t in toks[max(0, j - 8) : j]} & _GOING:
        return Hit(modifiers[0].start, last, "org", DETECTOR, 0.7)
    going = {t.folded for t in toks[max(0, j - 4) : j]} & _GOING
    if cue in _CUES and ends and len(modifiers) < 3 and (len(modifiers) == 2 or going) and (cue != "to" or going):
        return Hit(modifiers[0].start, last, "org", DETECTOR, 0.7)
    return None


def _fore(toks: list[Token], i: int) -> Hit | None:
    """Names that begin with what they are ("camp kilgore", "saint brendan's", "our lady of sorrows"), and "lupe's bakery"."""
    tok, nxt, lex = toks[i], toks[i + 1], lexicon()
    if not (_near(nxt) or (nxt.gap == ". " and tok.folded == "st")) or (tok.public and tok.folded != "st"):
        return None
    if nxt.folded in _FIRMS and not tok.ordinary:
        return Hit(tok.start, nxt.end, "org", DETECTOR, 0.75)
    if tok.folded == "st" and not tok.capital and (not nxt.ordinary or nxt.folded in lex.first) and not (i and toks[i - 1].folded in ("th", "rd", "nd")):
        return Hit(tok.start, nxt.end, "org", DETECTOR, 0.7)
    if tok.folded in ("camp", "saint", "mount") or (tok.folded == "lady" and i and toks[i - 1].folded == "our" and nxt.folded == "of"):
        j = i + 1 + (tok.folded == "lady")
        if j >= len(toks) or toks[j].folded in _GENERIC or not _near(toks[j]) or toks[j].public:
            return None
        named = not toks[j].ordinary or toks[j].folded in lex.last or toks[j].folded in lex.first or toks[j].capital or tok.folded == "lady"
        while j + 1 < len(toks) and _near(toks[j + 1]) and toks[j + 1].folded in _HEADS and j - i < 4:
            j += 1
        wide = i > 0 and _near(tok) and toks[i - 1].folded in ("greater", "new", "first", "our")
        start = toks[i - 1].start if wide else tok.start
        return Hit(start, toks[j].end, "org", DETECTOR, 0.75) if named else None
    if nxt.folded in _FIRMS and re.search(r"['’]s$", tok.word) and tok.folded.removesuffix("'s") not in _GENERIC | _KINDRED:
        return Hit(tok.start, nxt.end, "org", DETECTOR, 0.7)
    return None


_KINDRED = _set("mom dad aunt auntie mother grandmother grandma friend uncle sister cousin brother that it here there what let who women men farmer farmers children")
_RARE_HEADS = _set("ranch lodge haven harbor strtp fellowship acres hollow tabernacle zion pines manor")
_STRONG = _set("motel inn hotel")
_ES_GENERIC = _set(
    "de del la las el los un una y o que en con para por a al es era fue esta estaba no si se le les me te mi tu su nos como cuando donde mas muy ya pero porque "
    "publica publico privada privado segura seguro temporal nueva nuevo vieja viejo grande chica chico propia propio llena vacia sola limpia comunitario mental "
    "familiar cerca lejos abierta abierto cerrada cerrado otra otro mia tuya suya entera barata barato cara caro rentada hogar cuna media alterna charter y o tambien "
    "entonces ahi alla aqui hay tiene tenia tengo le sin sobre todos todas toda todo ni hasta desde llega llego ahora siempre nunca e hogar mecanico electrico "
    "dos tres cuatro cinco seis siete ocho nueve diez veces meses anos dias horas personas familias mas otras otros estas estos esas esos muchas muchos varias varios unas unos"
)


def _lower_after(toks: list[Token], i: int) -> Hit | None:
    """A Spanish head word and the name after it, in lower case: "hogar santa inés", "preparatoria roosevelt"."""
    j, lex, strange = i + 1, lexicon(), False
    while j < len(toks) and j - i <= 3 and _near(toks[j]) and not toks[j].first and toks[j].folded not in _ES_GENERIC:
        tok = toks[j]
        if tok.public and tok.folded not in lex.ambiguous and tok.folded not in lex.first and not strange:
            return None
        strange |= not tok.ordinary or tok.folded in lex.ambiguous or tok.folded in _SAINTS or tok.folded in lex.first
        j += 1
        if toks[j - 1].folded not in _SAINTS and j - i > 2:
            break
    start = i - 1 if i and toks[i - 1].folded == "casa" and toks[i].folded == "hogar" else i
    return Hit(toks[start].start, toks[j - 1].end, "org", DETECTOR, 0.75) if strange and j > i + 1 else None


def _titled_after(toks: list[Token], i: int) -> Hit | None:
    """A Spanish head word and a name of everyday words: "panadería la espiga", "albergue manos unidas", "refugio nueva aurora"."""
    part = toks[i + 1 : i + 5]
    if not part or not _near(part[0]) or part[0].first:
        return None
    words, n = [t.folded for t in part], 0
    if len(part) > 1 and words[0] in ("el", "la", "los", "las") and toks[i].folded in _ES_FIRMS and _near(part[1]):
        after = part[2].folded if len(part) > 2 and _near(part[2]) else ""
        if words[1] not in _ES_GENERIC and words[1] not in _ES_PEOPLE and (not after or part[2].first or after in ("y", "que", "en", "de", "cerca", "por", "con")):
            n = 2
    elif words[0] in _NAMELY and len(part) > 2 and words[1] == "y" and words[2] not in _ES_GENERIC and _near(part[1]) and _near(part[2]):
        n = 3
    elif len(part) > 1 and _near(part[1]) and (words[0] in ("numero", "num") or _counted(toks[i].folded, words)):
        n = 2
    elif (words[0] in _NAMELY or words[0] in lexicon().ambiguous) and len(part) > 2 and words[1] in ("del", "de") and words[2] not in ("mi", "su", "que"):
        n = 4 if words[2] in ("la", "los", "las") and len(part) > 3 else 3
    elif words[0] == "de" and len(part) > 1 and toks[i].folded in ("casa", "hogar", "albergue", "refugio") and words[1 + (words[1] == "la")] in _NAMELY:
        n = 2 + (words[1] == "la")
    elif words[0] in _NAMELY:
        n = 2 if len(part) > 1 and _near(part[1]) and words[1] not in _ES_GENERIC else 1
        n += words[0] in ("licenciado", "general", "profesor", "doctor", "doctora") and len(part) > 2 and words[2] not in _ES_GENERIC and _near(part[2])
        n = n if n > 1 or words[0] in ("girasol", "arcoiris") else 0
    elif len(part) > 1 and _near(part[1]) and not {words[0], words[1]} & (_ES_GENERIC | {"nos", "les", "los", "las"}):
        n = 2 if words[0].endswith("s") and words[1].endswith("s") and len(words[0]) > 3 and len(words[1]) > 4 else 0
    if not n or any(t.public and t.folded not in _ES_GENERIC for t in part[:n]):
        return None
    return Hit(toks[i].start, part[n - 1].end, "org", DETECTOR, 0.65)


def _counted(head: str, words: list[str]) -> bool:
    """Whether land or a home is called by so many things: "rancho dos arroyos"."""
    things = words[1].endswith("s") and words[1] not in _ES_GENERIC | {"semanas", "noches", "cuartos"}
    return things and head in ("rancho", "hogar", "villa") and words[0] in ("dos", "tres", "cuatro", "siete")


_ES_FIRMS = _set(
    "panaderia taqueria lavanderia motel hotel mercado carniceria restaurante tienda lonchera taller cafe rancho clinica kinder programa hogar casa albergue"
)
_ES_PEOPLE = _set("gente senora senor nina nino mama papa policia muchacha muchacho trabajadora maestra mujer hombre familia familias verdad semana noche tarde manana misma")
_NAMELY = _set(
    "licenciado general profesor doctor doctora nueva nuevo buen buena divino divina cristo jesus roca luz vida monte puerta fuente templo estrella flor paloma "
    "girasol arcoiris pasitos manitas angeles benito sor fray virgen senor maria jose guadalupe esperanza amor camino rayito"
)
_SAINTS = _set("santa santo san sagrado sagrada nuestra nuevo nueva buen divina divino virgen")
_KINDS = _set(
    "strtp home placement shelter program house school academy place motel site facility center hogar albergue casa escuela programa lugar centro refugio prepa "
    "secundaria primaria kinder iglesia church"
)
_CALLED = _set("called named llamada llamado llama nombre")
_BETWEEN = _set("was is 's was's that's thats a is's se que es era it's its")


def _called(toks: list[Token]) -> Iterator[Hit]:
    """What stands after "the shelter was called": up to three words."""
    for i, tok in enumerate(toks):
        if tok.folded not in _CALLED or not i:
            continue
        before = {t.folded for t in toks[max(0, i - 3) : i]}
        if not before & _KINDS:
            continue
        the = i + 2 < len(toks) and toks[i + 1].folded in ("the", "la", "el", "los", "las") and toks[i].folded in ("called", "named", "llamado", "llamada")
        j = i + 1 + the
        while j < len(toks) and j - i <= 3 + the and toks[j].gap in (" ", "-", ", ", " \"", ' “') and (toks[j].folded not in _AFTER_CALLED or _of(toks, j, i + 1 + the)):
            j += 1
        if j > i + 1 + the:
            yield Hit(toks[i + 1].start, toks[j - 1].end, "org", DETECTOR, 0.75)


def _of(toks: list[Token], j: int, first: int) -> bool:
    """Whether a name in Spanish goes on with "de": "se llama puente de luna"."""
    return first < j < len(toks) - 1 and toks[j].folded in ("de", "del") and toks[j + 1].gap == " " and toks[j + 1].folded not in _AFTER_CALLED | _ES_GENERIC


_AFTER_CALLED = _AFTER_SCHOOL | _set(
    "the a an me my him her them us you for to in on at by with every again back up y que de del en por para me nos a lo la el los las no not police cops people someone "
    "staff himself herself and like something mi su"
)


def _over(toks: list[Token], j: int) -> int:
    """Where a name in capitals goes on after small words: "Puente a la Vida", "Open Arms of the Foothills"; 0 where it does not."""
    k = j
    while k < len(toks) and k - j < 3 and _near(toks[k]) and toks[k].word in ("of", "the", "for", "de", "del", "la", "las", "los", "a", "para", "y", "and"):
        k += 1
    of = {t.word for t in toks[j:k]} & {"of", "for", "de", "del", "a", "para", "la"}
    return k if j < k < len(toks) and of and _near(toks[k]) and toks[k].capital and not toks[k].first else 0


def _runs(toks: list[Token]) -> Iterator[Hit]:
    """Two or more capitalised words inside a sentence that are no public name: at least somebody should look."""
    i = 0
    while i < len(toks):
        j = i
        while (
            j < len(toks)
            and toks[j].capital
            and not toks[j].upper
            and not toks[j].public
            and not toks[j].first
            and (j == i or _near(toks[j]))
        ):
            j += 1
            k = _over(toks, j)
            j = k if k and not toks[k].public and not toks[k].upper else j
        words = toks[i:j]
        generic = sum(t.folded in _GENERIC or t.folded in _HEADS for t in words)
        if len(words) >= 2 and generic < len(words) and i > 0 and not toks[i - 1].capital:
            yield Hit(words[0].start, words[-1].end, "org", "capitals@1", 0.6)
        i = max(j, i + 1)
