"""Schools and placements whose name runs past one head word, or is made of everyday words: "the olive tree shelter", "casa hogar nuevo sendero"."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import feedback.privacy._cues as cues
import feedback.privacy._places as _places
from feedback.privacy._lexicon import lexicon
from feedback.privacy._parts import near
from feedback.privacy._tokens import Token
from feedback.privacy._types import Hit

__all__ = ["find_homes", "with_whom"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SCHOOLS = _set("high middle elementary academy prep charter magnet continuation k school college preschool university montessori stem")
_STAYS = _set(
    "home house shelter landing commons cottage cottages post ranch lodge trails pines village haven harbor manor villa acres grove hollow ridge terrace "
    "ministries ministry tabernacle chapel temple motel inn hotel suites strtp center centers camp hall gate court pointe crossing springs gardens "
    "daycare childcare preschool nursery hospital clinic rehab program residence estates apartments arms mission fellowship church academy school college foundation "
    "baptist methodist lutheran presbyterian ame cogic pentecostal apostolic adventist nazarene episcopal adult recovery alliance network coalition project initiative society institute outreach "
    "collective tech partners services bhc fellowship parish rop hs loft"
)
_OPEN = _set(
    "home house shelter landing commons cottage post ranch lodge trails haven harbor manor villa acres grove hollow ridge terrace ministries tabernacle chapel "
    "motel inn hotel suites strtp gate arms mission fellowship hospital childcare daycare"
)
_SORTS = _set("girls boys teen youth women's men's girls' boys' detention learning early education community behavioral health recovery treatment family")
_SOLEMN = _set("baptist methodist lutheran adventist apostolic ministries ministry church tabernacle fellowship chapel temple house home academy school mission")
_CUES = _set("at from to in into placed attend attends attended inside near called named leave left outside")
_BLOCK = _places._GENERIC | _set(
    "and or but so with when where who that which if because about for of on as then than like just all both some any many most more other others another such each men "
    "men's women women's mens womens girls' boys' winter night cooling warming animal pet empty nice bad good better best clean dirty cheap nearby nearest closest cool only single "
    "double family's families people people's youth's kids' kid's children children's baby's married couple couples veterans veteran senior seniors adult adults dv domestic violence "
    "rapid permanent supportive temporary bridge interim tiny mobile trailer guest full locked crack trap drug stash abandoned vacant rental shared staffed "
    "rundown four five six seven eight nine ten every few several near right straight again away back there here now today is was are were be been has have had do does did can could "
    "would should will may might must not no go goes going went come came get got take took put leave left stay stayed live lived run ran call called lost find found need needs want wants make made "
    "sign signed check checked kicked locked told said it's that's there's they're we're you're i'm long short late early hour hours day days week weeks month months year years court mental physical health drop "
    "walk-in intake assessment reception juvenile probation detention regional mental behavioral sexual sober spanish english bilingual catholic christian baptist religious daytime overnight inpatient "
    "outpatient emergency crisis psych psychiatric general county's city's my our mom and dad's hotel's room's nursing funeral white green red black blue pink yellow brown gray old-age "
    "food youth teen after-school afterschool before-school sunday saturday summer bible free reduced training trade beauty barber adult continuation nontraditional online virtual night "
    "science math art arts nursing law med business performing public-private local neighborhood rec recreation gymnasium shopping strip mall help resource welcome visitor visitors call care urgent "
    "big-box fast run-down unlicensed licensed approved resource's certified bought rented a's first's own his theirs hers whole entire same next last previous former current new newest "
    "fairy dream doll tree bird dog cat hen full-time part-time hourly weekly monthly daily gated"
)  # fmt: skip
_ES_HEADS = _set(
    "escuela primaria secundaria prepa preparatoria kinder kindergarten guarderia parroquia iglesia templo capilla motel hotel clinica casa colegio albergue hogar academia mision centro refugio jardin "
    "instituto bachillerato telesecundaria residencia estancia"
)
_TYPE = _set("comunitario comunitaria tecnica tecnico hogar federal estatal catolica cristiana bautista pentecostal bilingue infantil juvenil cultural recreativo familiar elemental superior intermedia")
_ES_BLOCK = _places._ES_GENERIC | _places._ES_PEOPLE | _set(
    "salud dia noche gobierno ninos ninas jovenes estudiantes gente mujeres hombres condado ciudad semana trabajo comida ropa ayuda detencion rehabilitacion primaria secundaria media elemental "
    "vivienda agua luz dinero tiempo tarde temprano bien mal solo sola cuando porque entonces aunque mientras tampoco nadie alguien alguno alguna dijeron dicen dijo va van voy vamos viene vienen "
    "cierra abre abren cierran queda quedan manda mandan ofrece dan da quitaron cambio cambiaron ayudan ayuda cobra cobran pide piden pidio tenemos tienen podemos puede pueden nuestra nuestro sirve sirven "
    "son es era eran fue ella ellos el ellas yo tu usted origen recursos familiares veinte treinta cuarenta cincuenta isn't "
    "verano invierno tecnica catolica cristiana bilingue especial regular virtual cercana cercano lejana mejor peor misma mismo primer primera"
)
_NURSERY = _set("guarderia kinder kindergarten estancia jardin")
_GRADES = re.compile(r"-\d{1,2}\b")
_LINKS = _set("de del la las los el")


_WHOM = re.compile(r"(?i)(?:(?<=cottage)|(?<=house)|(?<=hall)|(?<=home)|(?<=unit)) (?:#\s?)?(?:\d{1,2}|[A-Z])\b(?! (?:am|pm|hours|times|girls|kids|beds))| (?:for|para) (?:women|girls|boys|men|youth|teens?|young (?:women|men|adults)|children|kids|families|mujeres|niñ[oa]s|j[oó]venes|adultos)\b| de (?:l[oa]s )?(?:niñ[oa]s|j[oó]venes|mujeres|muchach[oa]s|familias)\b(?! (?:que|de|y)\b)|(?<=boys)['’]? home\b|(?<=girls)['’]? home\b")


def with_whom(hit: Hit, text: str) -> Hit:
    """A home together with those it is for: "Marlowe Center for Girls"."""
    more = _WHOM.match(text, hit.end)
    return replace(hit, end=more.end()) if more else hit


def find_homes(toks: list[Token], text: str, *, cased: bool, english: bool) -> Iterator[Hit]:
    """Yield named schools, homes, shelters, programs and churches."""
    for i, tok in enumerate(toks):
        if tok.folded in _STAYS or tok.folded in _SCHOOLS:
            hit = _english(toks, i, cased=cased, english=english)
            if hit is not None:
                grades = _GRADES.match(text, hit.end) if tok.folded == "k" else None
                yield replace(hit, end=grades.end()) if grades else hit
        if tok.folded in _KINDS and i + 1 < len(toks) and toks[i + 1].gap == ", " and (hit := _beside(toks, i, cased=cased, english=english)):
            yield hit
        if tok.folded in ("agency", "ffa") and (hit := _agency(toks, i, cased=cased)) is not None:
            yield hit
        if i and tok.gap == ", " and tok.folded in ("un", "una", "a", "an") and (hit := _apposed(toks, i)) is not None:
            yield hit
        if tok.folded in _ES_HEADS and (hit := _spanish(toks, i, cased=cased, english=english)) is not None:
            yield hit


def _strange(tok: Token, *, cased: bool, english: bool) -> bool:
    lex = lexicon()
    if tok.public or len(tok.folded) < 2:
        return False
    if cased and tok.capital and not tok.first:
        return True
    return not tok.ordinary or (english and lex.spanish_only(tok.folded)) or tok.folded in lex.first & lex.ambiguous


def _begin(toks: list[Token], i: int) -> tuple[int, int]:
    """Where the words begin that stand before a head word and may name it, and how many of them only say what sort it is."""
    j = i
    while j > 0 and i - j < 3 and near(toks[j]) and toks[j - 1].folded in _SORTS and not toks[j].first:
        j -= 1
    sorts = i - j
    while j > 0 and i - j < 4 + sorts and near(toks[j]) and toks[j - 1].folded not in _CUES and not toks[j].first:
        if toks[j - 1].folded == "of" and j > 1 and near(toks[j - 1]) and toks[i].folded in _SOLEMN and toks[j - 2].folded not in ("the", "a", "kind", "one", "out", "some", "all", "any", "most"):
            j -= 2
            continue
        if toks[j - 1].folded in _BLOCK:
            break
        j -= 1
    return j, sorts


def _english(toks: list[Token], i: int, *, cased: bool, english: bool) -> Hit | None:
    j, sorts = _begin(toks, i)
    head = toks[i]
    last = i
    while last + 1 < len(toks) and near(toks[last + 1]) and toks[last + 1].folded in (_STAYS | _SCHOOLS) and not toks[last + 1].first:
        last += 1
    modifiers = toks[j:i]
    if cased and j and toks[j - 1].capital and toks[j - 1].folded in ("new", "second", "first", "old", "next", "open", "red", "blue", "green", "white") and near(toks[j]) and toks[j].capital and j < i:
        j -= 1
        modifiers = toks[j:i]
    words = [t for t in modifiers[: len(modifiers) - sorts] if t.folded not in _STAYS | _SCHOOLS and t.folded != "of"]
    told = j > 1 and near(toks[j]) and near(toks[j - 1]) and toks[j - 2].folded in _CUES | {"of"}
    if told and toks[j - 1].folded in _BRIGHT and len(words) == 1 and len(modifiers) == 1 and not words[0].public and head.folded in _OPEN:
        return Hit(toks[j - 1].start, toks[last].end, "org", _places.DETECTOR, 0.6)
    if not words or (words[-1].folded.endswith("'s") and words[-1].ordinary and len(words) == 1) or (len(modifiers) == 1 and words[0].ordinary and not words[0].public):
        return None
    sex = sorts and modifiers[-1].folded in ("girls", "boys")
    solemn = any(t.folded == "of" for t in modifiers)
    cue = toks[j - 1].folded if j and near(toks[j]) else ""
    beside = j > 0 and toks[j].gap == ", " and toks[j - 1].folded in _STAYS | _SCHOOLS | {"placement", "charter"}
    article = cue in ("the", "el", "la", "los") and j > 1 and near(toks[j - 1])
    led = beside or cue in _CUES or (article and toks[j - 2].folded in _CUES)
    strange = any(_strange(t, cased=cased, english=english) for t in words)
    places = [t for t in words if t.public]
    start = toks[j - 1].start if cue in ("los", "el", "la") and strange else modifiers[0].start
    if strange and (not (cased and words[-1].capital) or head.capital or last > i):
        sure = 0.75 if len(words) < 4 else 0.6
        return Hit(start, _of(toks, last, cased=cased), "org", _places.DETECTOR, sure)
    if sex and (places or head.folded == "home"):
        return Hit(start, toks[last].end, "org", _places.DETECTOR, 0.6)
    if places and head.folded in ("high", "middle", "elementary") and (cue in _CUES or head.capital) and toks[j].public:
        return Hit(start, toks[last].end, "org", _places.DETECTOR, 0.65)
    if places and len(places) == len(words) and ((head.folded in _DWELLINGS and led and not article) or head.folded in ("motel", "inn")):
        return Hit(start, toks[last].end, "org", _places.DETECTOR, 0.6)
    ordinary = [t for t in words if not t.public]
    if head.folded in _OPEN and led and len(ordinary) == len(words) and (len(words) == 2 or solemn or (len(words) == 1 and not article and head.folded in _FEW)):
        return Hit(start, toks[last].end, "org", _places.DETECTOR, 0.6)
    return None


def _beside(toks: list[Token], i: int, *, cased: bool, english: bool) -> Hit | None:
    """A name set beside its kind between commas: "the charter, Ánimo Sol y Luna, closed"."""
    j = i + 1
    while j < len(toks) and j - i < 6 and (j == i + 1 or near(toks[j])):
        if toks[j].folded in (_BLOCK | _ES_BLOCK) - {"of", "and", "y", "de", "del", "la", "los", "las", "el"} and not (cased and toks[j].capital):
            return None
        j += 1
    name = toks[i + 1 : j]
    closed = j < len(toks) and toks[j].gap.startswith(",")
    told = any(_strange(t, cased=cased, english=english) for t in name) or (len(name) == 2 and name[-1].folded in _OPEN)
    fits = closed and (len(name) > 1 or not name[0].ordinary) and told and (not cased or name[0].capital)
    return Hit(name[0].start, name[-1].end, "org", _places.DETECTOR, 0.6) if fits else None


def _agency(toks: list[Token], i: int, *, cased: bool) -> Hit | None:
    """An agency by its name: "mariposa bridge foster agency", "Olive Row FFA"; not "our foster family agency"."""
    j = i
    while j and near(toks[j]) and toks[j - 1].folded in _FOSTER:
        j -= 1
    if not j or not near(toks[j]) or (j == i and toks[i].folded == "agency"):
        return None
    k = j
    while k and j - k < 3 and (k == j or not toks[k].first) and near(toks[k]) and toks[k - 1].folded not in (_BLOCK - {"bridge"}) | _CUES | cues.STOP | cues.PAST:
        k -= 1
    name, led = toks[k:j], k == 0 or toks[k].first or not near(toks[k]) or toks[k - 1].folded in _CUES | _LED
    strange = any(not t.ordinary or (cased and t.capital and not t.first) for t in name)
    return Hit(name[0].start, toks[i].end, "org", _places.DETECTOR, 0.65) if name and (strange or (led and len(name) > 1)) else None


def _apposed(toks: list[Token], i: int) -> Hit | None:
    """A name set before its kind: "me inscribieron en metas, un programa para mamás"."""
    if i + 1 >= len(toks) or toks[i + 1].folded not in _KINDS:
        return None
    k = i - 1
    while k and i - k < 3 and near(toks[k]) and toks[k - 1].folded not in _CUES | _LED:
        k -= 1
    name = toks[k:i]
    plain = any(t.public or t.folded in _BLOCK | _ES_BLOCK | cues.STOP | cues.PAST for t in name)
    led = k > 0 and near(toks[k]) and toks[k - 1].folded in _CUES | _LED - {"a", "by", "for"}
    return Hit(name[0].start, name[-1].end, "org", _places.DETECTOR, 0.6) if led and not plain else None


_FOSTER = _set("foster family families adoption adoptions kinship placement")
_LED = _set("with by through of for de del con en por via a")
_KINDS = _set("strtp ffa agency agencia shelters school charter shelter placement home daycare preschool clinic church program academy motel escuela albergue hogar guarderia iglesia casa programa")
_BRIGHT = _set("open second new first good bright little golden silver safe")
_DWELLINGS = _set("manor villa house lodge cottage ranch academy prep charter gardens apartments arms inn motel hotel terrace commons haven landing adult")
_FEW = _set("landing commons trails acres hollow ministries tabernacle strtp gate arms cottage post")


def _of(toks: list[Token], last: int, *, cased: bool) -> int:
    """Where a name ends that goes on with "of": "Lindqvist Academy of Science"."""
    if toks[last].folded not in ("academy", "school", "college", "church", "house", "center", "institute", "baptist", "methodist", "lutheran", "boys", "girls", "arms", "ministries") or last + 2 >= len(toks):
        return toks[last].end
    of, after = toks[last + 1], toks[last + 2]
    fits = of.folded == "of" and near(of) and near(after) and after.folded not in _BLOCK - {"science", "arts", "law", "business", "math", "art", "christian"}
    return after.end if fits and (not cased or after.capital) else toks[last].end


def _holy(toks: list[Token], j: int, first: int) -> bool:
    """Whether a name such as "Luz del Camino" begins here."""
    named = toks[j].folded in _places._NAMELY or toks[j].folded in lexicon().ambiguous
    return j == first and named and j + 2 < len(toks) and toks[j + 1].folded in ("de", "del") and toks[j + 2].folded not in _ES_BLOCK


def _spanish(toks: list[Token], i: int, *, cased: bool, english: bool) -> Hit | None:
    j, lex = i + 1, lexicon()
    typed = False
    while j < len(toks) and near(toks[j]) and toks[j].folded in _TYPE:
        j, typed = j + 1, True
    garden = [t.folded for t in toks[i : i + 3]] == ["jardin", "de", "ninos"]
    j, typed = (i + 3, True) if garden else (j, typed)
    first, strange, real = j, False, 0
    while j < len(toks) and j - first < 4 and near(toks[j]) and not toks[j].first:
        tok = toks[j]
        if english and tok.ordinary and lex.numbers(tok.folded)[0] > 5 and not (cased and tok.capital):
            break
        if tok.folded in _LINKS:
            if tok.folded not in ("de", "del") and not (j > first and toks[j - 1].folded == "de") and not (cased and j == first):
                break
            if not (j + 1 < len(toks) and near(toks[j + 1])) or toks[j + 1].folded in _ES_BLOCK:
                break
        elif (tok.folded in _ES_BLOCK and not (_holy(toks, j, first) or (tok.folded in ("nuevo", "nueva", "buen") and j == first))) or tok.folded.startswith(("veinti", "dieci")) or (tok.public and tok.folded not in lex.first):
            break
        else:
            real += 1
            rare = not english and 0 < max(lex.numbers(tok.folded)[0], lex.numbers(tok.folded)[2]) < 6 and tok.folded not in lex.domain
            strange |= rare or (garden and tok.folded not in cues.PAST) or (toks[i].folded in _NURSERY and tok.folded in _places._NAMELY)
            foreign = not english and tok.ordinary and (lex.numbers(tok.folded)[2] < 4 or lex.numbers(tok.folded)[3] > 11) and tok.folded not in lex.domain
            strange |= not tok.ordinary or foreign or tok.folded in lex.first or (cased and tok.capital) or (tok.folded in _places._NAMELY and (typed or tok.folded in ("nuevo", "nueva")) and j + 1 < len(toks) and near(toks[j + 1]) and toks[j + 1].folded not in _ES_BLOCK)
        j += 1
    while j > first and toks[j - 1].folded in _LINKS:
        j -= 1
    led = toks[first].folded in _LINKS if first < j else False
    land = real == 2 and not led and toks[j - 1].folded in ("alta", "alto", "linda", "lindo", "verde", "bella", "bello", "blanca", "blanco", "real", "hermosa", "hermoso", "grande", "santa", "nuevo", "nueva")
    if not real or not (strange or (land and j - first == 2)) or (led and real < 2):
        return None
    return Hit(toks[i].start, toks[j - 1].end, "org", _places.DETECTOR, 0.65)
