"""What people are called instead of their name: "le dicen la coneja", "my cousin goes by slim", "mi carnal el oso", "al greñas lo corrieron"."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Iterator

import feedback.privacy._cues as cues
from feedback.privacy._lexicon import lexicon
from feedback.privacy._roads import words_set
from feedback.privacy._tokens import Token
from feedback.privacy._types import Hit

__all__ = ["find_nicknames"]

DETECTOR = "introductions@2"

# Everyday words that are nicknames where somebody is being named; elsewhere they are animals, food and things.
_APODOS = cues.BY_LOOKS | words_set(
    "rana ranita sapo sapito coneja conejo conejito pulga pulguita pulgas chivo chiva chivito oso osa osito osita tigre lobo loba zorro gato gata gatito gatita perico perica pollo pollito polla pato "
    "patito burro tortuga ardilla abeja arana hormiga hormiguita cuervo gallo gallito gallina gavilan aguila pajaro pajarito mosca mosco mosquito chapulin grillo tlacua tlacuache camaron cangrejo pescado "
    "tiburon ballena delfin toro torito vaca vaquita borrego borrega mapache chango changa changuita mono mona monita iguana lagarto lagartija vibora cobra alacran calaca calavera pelos pilas orejas orejon "
    "narices ojitos bigotes trompas cachetes cachetona cachetes cachetitos panza panzon patas manitas mudo muda sordo sorda tuerto cojo coja zurda manco chueco chueca bizco enano enana cholo chola chapo "
    "chapito trompo canica botas sombrero tacos tamal chicharron chile churro galleta caramelo paleta mango limon coco pepino elote aguacate cebolla chayote nopal frijol cacahuate tortilla gansito pimienta "
    "relampago rayo trueno cohete bala navaja martillo tornillo llanta foco cerillo cometa lucero tormenta beba bebito nena nene bruja brujo diabla fantasma vampiro pelusa osito pilla pillo traviesa travieso "
    "tita tata nana mudito flaquito flaquita gordita gordito negrito negrita prietita guerita guerito chaparrita chaparrito morenita morenito chinita chinito pecosa pecoso"
)
_PRONOUNS = words_set("le les me te nos lo la los las")
_PLURAL = words_set("dicen decimos decian deciamos apodan apodaban apodamos apodaron llaman llamamos llamaban conocen conocemos conocian")
_GIVEN = words_set("puse pusimos pusieron puso ponen pusiste digo decia dijeron")
_BETWEEN = words_set("aqui como por todos todas de carino siempre ya alla casa en nomas pues tambien mucho")
_FREELY = words_set("apodado apodada apodo alias aka apodan apodaban")
# Said of anybody, or of nobody: neither names nor tells who it is.
_NOBODY = words_set(
    "verdad mentira mentiras misma mismo hora fecha migra chota placa ley razon respuesta direccion receta noticia casa escuela corte policia gente senora senor senorita senoras muchacha muchacho muchachos "
    "nina nino ninas ninos mujer hombre mama mami papa papi mija mijo mijito mijita reina reinita rey amor corazon cielo hija hijo hijos hermana hermano hermanos tia tio abuela abuelita abuelito comadre "
    "compadre prima primo doctora doctor maestra maestro profe juez jueza licenciada licenciado trabajadora trabajador pastor padre madre sistema programa centro cosa cosas nada algo todo todos nadie alguien "
    "quien cual cuando donde como mucho poco siempre nunca ahorita luego despues manana hoy ayer tarde temprano mira oye espera esperate calma calmate ven vete pasa sientate firma firme regresa vuelve vayan vaya "
    "gracias perdon adios hola bueno buena malo mala loco loca tonto tonta ilegal ilegales mojado mojados indio india naca naco flojo floja puta puto problema problemas crianza renta multa falta vacuna inyeccion "
    "suero nombre apellido crema ropa zapatos condiciones atencion peros pero lana cita requisitos requisito amenaza amenazas groserias primera primero segunda segundo ultima ultimo otra otro unica unico nueva nuevo "
    "mayor menor grande chico chica chiquito chiquita mediana mediano siguiente mejor peor mitad dos tres cuatro cinco seis siete ocho nueve diez cien mil si no ni ya tambien tampoco solo sola asi aqui alla ahi "
    "medical calle barrio parque tienda mercado iglesia clinica hospital oficina parada plaza esquina puerta pregunta lista carta papel papeles verdadera situacion fulano fulana mengano sutana mexicana mexicano "
    "mexicanos hispano hispana latina latino latinos negra negro victima sobreviviente testigo menor paciente cliente estudiante alumno alumna participante usuario usuaria joven jovenes adulto adulta adultos familia "
    "familias que de en con por para sin sobre hasta desde y o un una unos unas este esta ese esa"
)
_ORDER = words_set("pequeno pequena casado casada soltera soltero difunto difunta chiquillo abogado abogada enfermera enfermero maestra policia unico viudo viuda divorciada mas del de que otro otra cual tercero tercera cuarto cuarta medio mediano mero propio")
_ENDS = words_set("porque por pero y desde hasta en de aqui todos todas entonces cuando que ya pues como asi nos me le se")
_KIN = words_set(
    "primo prima carnal carnala compadre comadre hermano hermana tio tia amigo amiga nieto nieta sobrino sobrina cunado cunada hijo hija vecino vecina novio novia esposo marido suegro padrino compa camarada homie "
    "companero companera abuelo abuela"
)
_WHOLE = words_set("todos todas todo mundo carino casa calle escuela barrio familia chiquito chiquita cancha amigos primos hermanos")

# English: verbs and phrases after which somebody's name of the street stands, and words that do not name anybody there.
_ME = words_set("me him her them")
_NOT_CALLED = words_set(
    "a an the my his her our your their that this it what who when where why how if every each any all back up out over again later soon first then now tomorrow today tonight sometimes anytime always never often "
    "once twice daily weekly right before after in on at by for from to with about because cause and but or so not no yes names name stuff things something anything everything nothing crazy stupid dumb fat ugly bad "
    "good lazy slow weird liar lying lucky old young small poor rich homeless illegal gay sick mean rude difficult aggressive angry defiant noncompliant non resistant manipulative dramatic ungrateful "
    "family friend friends sweetheart sir maam ma'am teacher "
    "doctor kids child out directly personally ahead home collect long time years late early racial slurs ghetto ratchet trash fast quick quickly foot bus car train metro himself herself myself "
    "themselves itself numbers law laws book rules feel smell so too pretty really just even only like maybe whatever someone somebody anybody everybody nobody please instead anyway though mija mijo one two three "
    "absent other truant four five six seven eight nine ten away retarded hoe hoes bitch slut whore prostitute prostitutes runaway runaways awol delinquent criminal criminals addict junkie snitch survivor survivors victim victims teenager youth student minor patient client "
    "participant worker foster dishonest disrespectful brave strong smart beautiful special normal different hard easy cute funny quiet shy loud upset "
)
_KINDLY = words_set("aunt auntie baby boss boy bro brother coach cousin dad daddy daughter doc girl grandma grandpa granny honey kid ma mama miss mister mom mommy nana pa papa sis sister son sweetie uncle big lil little")  # said alone they name nobody
_AFTER = words_set(
    "because cause cuz 'cause and but so in on at since for like when from if even here around she he they we i it's that's y que porque is was does don't doesn't got has had who cos till until or though with"
)
_ROLES = words_set("she he they i who everybody everyone we mom people kids friends homies folks sister brother cousin auntie that")


def _said(tok: Token) -> bool:
    """Whether a word follows the one before it in the same breath, a quotation mark between them or not."""
    return tok.gap in (" ", "-", " \"", " “", " '", " ‘", ": ", ", ", ": \"", ", \"")


def _closed(toks: list[Token], i: int, after: frozenset[str]) -> bool:
    """Whether a clause ends, or turns, after the i-th word."""
    return i + 1 >= len(toks) or toks[i + 1].gap not in (" ", "-") or toks[i + 1].folded in after


def find_nicknames(toks: list[Token]) -> Iterator[Hit]:
    """Yield nicknames of everyday words by what leads up to them."""
    for i, tok in enumerate(toks):
        word = tok.folded
        span = None
        if word in _PLURAL | _GIVEN:
            span = _spanish(toks, i)
        elif word in _FREELY or (word in ("llamar", "como") and i and toks[i - 1].folded in _HIDES):
            span = _freely(toks, i + 1)
        elif word in ("el", "la", "al"):
            span = _placed(toks, i)
        elif _calls(toks, i):
            span = _english(toks, i + 1)
        elif word in ("nickname", "nickname's", "moniker") and i + 1 < len(toks):
            span = _english(toks, i + 1 + (toks[i + 1].folded in ("is", "was", "used")))
        elif word == "what" and i > 1 and toks[i - 1].folded in ("is", "was", "'s"):
            span = _turned(toks, i)
        if span is not None:
            first, last = span
            yield Hit(toks[first].start, toks[last].end, "person", DETECTOR, 0.7)


def _calls(toks: list[Token], i: int) -> bool:
    """Whether the i-th word ends what leads up to a nickname in English: "call her", "goes by", "known as", "aka"."""
    word, prev, before = toks[i].folded, toks[i - 1].folded if i else "", toks[i - 2].folded if i > 1 else ""
    called = word in _ME and prev in ("call", "calls", "called", "calling")
    goes = word == "by" and prev in ("goes", "went", "go") and before in _ROLES
    return called or goes or word in ("nicknamed", "aka") or (word == "as" and prev == "known")


_HIDES = words_set("hace hacia hacen hizo hacerse conocido conocida conocidos conocen conocian conocemos")


def _noun(tok: Token) -> bool:
    return tok.folded not in _NOBODY | cues.STOP | cues.PAST | cues.LINK and len(tok.folded) > 2 and tok.public < 2


def _spanish(toks: list[Token], i: int) -> tuple[int, int] | None:
    """A pronoun, "dicen", perhaps an article, and the nickname: "le dicen la coneja", "todos le dicen chivo"."""
    if not i or toks[i - 1].folded not in _PRONOUNS or toks[i].gap != " ":
        return None
    j = i + 1
    while j < len(toks) and j - i < 4 and toks[j].folded in _BETWEEN and toks[j].gap == " ":
        j += 1
    article = j + 1 < len(toks) and toks[j].folded in ("el", "la") and _said(toks[j])
    j += article
    if j >= len(toks) or not _said(toks[j]) or (toks[j].gap == ", " and not article):
        return None
    word, many = toks[j].folded, toks[i].folded in _PLURAL
    if word in _APODOS and word not in words_set("negro negra loco loca"):
        return (j, j) if many or article or _closed(toks, j, _ENDS) else None
    if not _noun(toks[j]) or not toks[j].ordinary:
        return None
    reason = j + 1 < len(toks) and toks[j + 1].folded in ("porque", "por")
    if article:
        of = j + 1 < len(toks) and toks[j + 1].folded in ("de", "del", "que")
        return (j, j) if (many or reason) and not of else None
    small = word.endswith(("ito", "ita", "cillo", "cilla")) and len(word) > 5
    known = bool({t.folded for t in toks[max(0, i - 4) : j + 5]} & _WHOLE)
    return (j, j) if (small or (known and reason)) and not word.endswith("s") and _closed(toks, j, _ENDS) else None


def _freely(toks: list[Token], j: int) -> tuple[int, int] | None:
    """After "apodado", "alias", "se hacía llamar", "conocido como": an article or not, and a word or two."""
    while j < len(toks) and toks[j].folded in ("el", "la", "es", "era", "de", "por", "como") and _said(toks[j]):
        j += 1
    if j >= len(toks) or not _said(toks[j]) or toks[j].folded in cues.STOP or toks[j].public:
        return None
    led = toks[j - 1].folded in ("el", "la")
    return (j, j) if led or toks[j].folded not in _NOBODY else None


def _placed(toks: list[Token], i: int) -> tuple[int, int] | None:
    """An article and a nickname where only somebody can stand: "mi primo el tuercas", "al greñas lo corrieron", "beto y la coneja"."""
    if i + 1 >= len(toks) or toks[i + 1].gap not in (" ", " \"", " “"):
        return None
    word, prev = toks[i + 1].folded, toks[i - 1] if i and toks[i].gap in (" ", ", ") else None
    after = toks[i + 2] if i + 2 < len(toks) else None
    nxt = after.folded if after is not None else ""
    mark = (i + 1, i + 1)
    if toks[i].folded == "al":
        return mark if word in _APODOS and nxt in ("lo", "le") and after is not None and after.gap == " " and word not in _BEASTS else None
    if prev is not None and prev.folded in _KIN and i > 1 and toks[i - 2].folded in cues.POSSESSIVE | words_set("el la un una al del"):
        man = toks[i].folded == "el" and toks[i + 1].ordinary and _noun(toks[i + 1]) and word not in _ORDER and not toks[i + 1].public
        return mark if word in _APODOS or (man and toks[i].gap == " ") else None
    if word not in _APODOS:
        return None
    lex = lexicon()
    if prev is not None and prev.folded == "y" and i > 1:
        mate, article = toks[i - 2], toks[i - 3].folded if i > 2 else ""
        if (mate.folded in lex.first and not mate.ordinary) or ({mate.folded, word} <= cues.BY_LOOKS and article in _THE):
            return mark
    other = toks[i + 4].folded if i + 4 < len(toks) and nxt == "y" and toks[i + 3].folded in _THE else ""
    if {word, other} <= cues.BY_LOOKS:
        return mark
    apart = after is not None and after.gap == ", " and nxt in ("el", "la") and i + 3 < len(toks) and toks[i + 3].folded in ("de", "del", "que")
    return mark if word in cues.BY_LOOKS and apart else None


_THE = words_set("el la al del")
_BEASTS = words_set("gato gata pollo pollito pato burro toro vaca pajaro gallo gallina tortuga mosca abeja perico chango mono mona chivo chiva arana vibora caracol mango limon coco pepino tamal tortilla chile bala foco llanta navaja")


def _english(toks: list[Token], j: int) -> tuple[int, int] | None:
    """One or two words until the clause turns: "they call me shadow", "goes by mama dee"."""
    if j >= len(toks) or not _said(toks[j]) or toks[j].gap in (", ", ", \"") or toks[j].folded in _NOT_CALLED | cues.STOP:
        return None
    if toks[j].folded.endswith(("ly", "ing")) or toks[j].public > 1:
        return None
    if _closed(toks, j, _AFTER):
        return None if toks[j].folded in _KINDLY else (j, j)
    two = j + 1 < len(toks) and toks[j + 1].folded not in _NOT_CALLED | cues.STOP and _closed(toks, j + 1, _AFTER)
    return (j, j + 1) if two else None


def _turned(toks: list[Token], i: int) -> tuple[int, int] | None:
    """A name before "is what they called her"."""
    who = i + 3 < len(toks) and toks[i + 2].folded in ("call", "calls", "called") and toks[i + 3].folded in _ME
    last = i - 2
    if not who or toks[last].folded in cues.STOP | words_set("that which it's that's"):
        return None
    first = last
    while first and last - first < 1 and toks[first].gap == " " and not toks[first].first and toks[first - 1].folded not in cues.STOP:
        first -= 1
    return first, last
