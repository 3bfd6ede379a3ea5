"""People who can be told by one sentence: the first or only one of a kind, whom something rare happened to, rare traits together."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.privacy._lexicon import lexicon
from feedback.privacy._quick import Quick
from feedback.privacy._types import Hit

__all__ = ["find_unique"]

DETECTOR = "rare@2"
_PEOPLE = (
    r"(?:girl|boy|kid|child|teen(?:ager)?|dad|mom|father|mother|mama|papa|man|woman|guy|lady|dude|grandma|grandpa|grandmother|grandfather|aunt|uncle|parent|caregiver|student|survivor|youth|"
    r"worker|teacher|nurse|doctor|pastor|interpreter|midwife|counselor|therapist|twin|triplet|quadruplet|player|client|resident|freshman|sophomore|junior|senior|survivor|refugee|"
    r"councilman|councilwoman|councilmember|mayor|deputy|sheriff|officer|firefighter|guard|crossing guard|coach|principal|priest|imam|rabbi|singer|rapper|boxer|widow(?:er)?|orphan|son|daughter|"
    r"brother|sister|cousin|family|couple|person|foster (?:dad|mom|parent|kid|youth))"
)
_GENTE = (
    r"(?:niñ[oa]|nin[oa]|señora?|senora?|muchach[oa]|mujer|hombre|mamá|mama|papá|papa|madre|padre|abuel(?:a|o|ita|ito)|partera|familia|trabajador|trabajadora|maestr[oa]|enfermer[oa]|joven|"
    r"chic[oa]|chav[oa]|estudiante|alumn[oa]|viud[oa]|huérfan[oa]|pastor|regidor|alcalde|diputado|hij[oa]|herman[oa]|prim[oa]|sobreviviente|sord[oa]|cieg[oa])"
)
_FOLK = (
    r"(?:tongan|samoan|marshallese|chuukese|chamorro|hmong|khmer|cambodian|lao(?:tian)?|burmese|karen|rohingya|tibetan|nepali|afghan|uzbek|armenian|romanian|roma|romani|ukrainian|eritrean|ethiopian|somali|"
    r"nigerian|ghanaian|congolese|cameroonian|haitian|jamaican|belizean|gar[ií]funa|honduran|salvadoran|guatemalan|nicaraguan|colombian|venezuelan|peruvian|ecuadorian|bolivian|brazilian|cuban|"
    r"mam|k[’']?iche[’']?|quich[eé]|q[’']?anjob[’']?al|kaqchikel|maya[n]?|mixtec[oa]?|zapotec[oa]?|pur[eé]pecha|nahua(?:tl)?|triqui|navajo|lakota|cherokee|apache|chumash|tongva|yaqui|"
    r"hondureñ[oa]|salvadoreñ[oa]|guatemaltec[oa]|nicarag[uü]ense|colombian[oa]|venezolan[oa]|peruan[oa]|ecuatorian[oa]|cuban[oa]|haitian[oa]|ucranian[oa]|rumanes?|rumana|rumano|african[oa]|"
    r"muslim|jewish|sikh|mormon|amish|mennonite|deaf|blind|trans|nonbinary|albino|sord[oa]|cieg[oa]|autistic)"
)
_AGE = (
    r"(?:\b(?:\d{1,2}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)[- ]years?[- ]old|\bde (?:\d{1,2}|diez|once|doce|trece|catorce|quince|diecis[eé]is|diecisiete|dieciocho|"
    r"diecinueve|veinte) años|\bat (?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)\b|\ba los (?:diez|once|doce|trece|catorce|quince|diecis[eé]is|diecisiete)\b)"
)
_BODY = (
    r"(?:prosthetic|fake|glass|missing|amputated|(?:with|has|had|have|only) (?:only )?one) (?:left |right )?(?:leg|arm|hand|eye|foot|finger)s?|(?:six|four|three|seis|cuatro|tres) (?:fingers|toes|dedos)|dwarfism|wheelchair|silla de ruedas|"
    r"(?:guide|service) dog|perro guía|conjoined|siames[ea]s|burn(?:ed|t)? face|cleft|albin[oa]|feeding tube|oxygen tank|ojo de vidrio|pr[oó]tesis|vitiligo"
)
_BIRTHS = r"\b(?:twins?|triplets?|quadruplets?|quads|gemel[oa]s|mellizos|cuates|trillizos|cuatrillizos|seven kids|eight kids|nine kids|ten kids|(?:siete|ocho|nueve|diez) (?:hijos|nietos)|(?:raising|cuida a|con) (?:six|seven|eight|nine|ten|seis|siete|ocho|nueve|diez|cinco|five)\b)"
_HAPPENED = (
    r"(?:shot|killed|stabbed|murdered|arrested|jumped|drowned|exploded|burned|burnt|survived|testified|sued|won|kidnapped|hit|run over|attacked|fell|crashed|deported|pulled|rescued|saved|electrocuted|"
    r"paralyzed|beaten|escaped|gave birth|whose|hanged|overdosed|spoke|appeared|featured|interviewed|sang|set (?:himself|herself|the)|stole|"
    r"mataron|balearon|atropellaron|arrestaron|deportaron|quem[oó]|incendi[oó]|explot[oó]|perdi[oó] a|salv[oó]|salvaron|sobrevivi[oó]|cay[oó]|se ahog[oó]|ahog[oó]|secuestraron|denunci[oó]|demand[oó]|gan[oó]|escap[oó])"
)
_PRESS = (
    r"(?<!tv )(?:on|in|from) the (?:news|newspaper|evening news|documentary|movie|billboard|viral video|podcast|netflix(?: \w+)?)|in the paper|(?:on|from) (?:channel \w+|univision|telemundo|ktla|netflix)|"
    r"(?:was|were|been|got|went|me|us|him|her) on (?:tv|television|the radio)|went viral|"
    r"(?:salió|salí|salimos|salieron|apareció|salio|sali) en (?:el noticiero|las noticias|la tele|la televisión|el periódico|el canal \w+|univisi[oó]n|telemundo|el documental|la radio|un documental)"
)
_OFFICE = (
    r"(?:councilm[ae]n|councilwoman|councilmember|mayor|congressm[ae]n|senator|judge|pastor|bishop|imam|sheriff|deputy|police chief|principal|superintendent|valedictorian|salutatorian|homecoming queen|prom queen|"
    r"student body president|class president|team captain|drum major|regidor|alcalde|diputad[oa]|pastor[a]?|jueza?)"
)
_WHEN = r"(?:on|in|at|en) (?:christmas(?: eve)?|halloween|thanksgiving|easter|new year'?s|navidad|nochebuena|año nuevo|january|february|march|april|june|july|august|september|october|november|december|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
_GROUP = r"(?:class|school|program|group|cottage|house|home|shelter|building|team|unit|motel|apartments?|court|church|board|panel|camp|dorm|floor|street|block|town|salón|salon|clase|escuela|programa|grupo|casa|edificio|iglesia|motel|apartamentos|corte|cuadra|pueblo|aquí)"
_NOBODY = r"(?:(?:nobody|no one) else|no other (?:family|mom|dad|kid|girl|boy|student|parent|house|person)|none of the other \w+)"
_RULES: tuple[tuple[str, float], ...] = (
    (rf"(?:\b(?:the|my|our|his|her|la|el) |^|(?<=[.!?:] ))(?:one and )?only (?:(?!(?:thing|place|way|time|reason|one|for|if|since|when|talk\w*|look\w*|see|open|these|those|with|the|because|at|on|in|to|a|my|as|go|get|had|have|was|works?)\b)[\w’'-]+ ){{0,4}}?{_PEOPLE}\b(?! (?:i|who (?:helps?|listens?|cares?|answers?|calls?|asked|believed|came|spoke|stayed|showed|ever|really|gets?|understands?)|that (?:helps?|listens?|cares?|answers?|asked|believed|spoke|stayed|ever))\b)[^.!?;,]{{0,60}}", 0.6),
    (rf"\b(?:la única|el único|la unica|el unico|los únicos|las únicas) (?:[\wáéíóúñ]+ )?{_GENTE}s?\b[^.!?;,]{{0,60}}", 0.6),
    (r"\b(?:la única|el único|la unica|el unico|las únicas|los únicos) que (?:habla|hablan|hablamos|viene de|es de|tiene (?:gemelos|trillizos|nueve|ocho|diez)|usa silla|no oye|no ve|sobrevivi[oó]|qued[oó] viv[oa])\b[^.!?;,]{0,50}", 0.6),
    (r"\b(?:soy|somos|es|fui|fue) (?:la|el|las|los) (?:única|unica|único|unico)s? (?!que|vez|cosa|forma|manera|opción|ayuda|razón|lugar|responsable|sustento|ingreso)[^.!?;,]{0,30}\b(?:de|del|en)\b[^.!?;,]{2,40}", 0.6),
    (rf"\bthe one (?:[\w’'-]+ ){{0,2}}?{_PEOPLE}\b[^.!?;,]{{0,50}}\b(?:in|at|on|from|with)\b[^.!?;,]{{2,40}}", 0.55),
    (rf"\b(?:there['’]s|there is|there are|we only have|hay) (?:just |only |exactly |nomás |solo |sólo )+(?:one|una?|two|dos) (?:[\w’'-]+ ){{0,2}}?(?:{_PEOPLE}|{_GENTE})\b[^.!?;]{{0,60}}", 0.6),
    (rf"\b{_NOBODY} (?:in|at|on|here|from|around)\b[^.!?;]{{0,30}}\b(?:has|have|speaks?|is|was|wears?|uses?|came from|like (?:me|us))\b[^.!?;]{{0,40}}|\b{_NOBODY} (?:in [^.!?;]{{0,25}})?(?:has|have|speaks?|wears?)\b[^.!?;]{{0,30}}(?:but|except) (?:me|us)\b|\b(?:nadie|ninguna? otr[oa] \w+)(?: más)? (?:aquí |de aquí |en [^.!?;]{{0,20}} )?(?:habla|tiene|usa|es de|viene de)\b[^.!?;]{{0,40}}(?:solo|sólo|más que|nomás) (?:yo|nosotr[oa]s)\b", 0.6),
    (rf"\b(?:the|i'm|i was|she's|he's) (?:the )?(?:very )?first (?:[\w’'-]+ ){{0,2}}?(?:{_PEOPLE}|{_OFFICE}|person)s?\b(?: \w+)? (?:to|in|at|ever|from|on)\b[^.!?;]{{2,50}}", 0.55),
    (r"\b(?:fui|soy|fue|era) (?:la|el) (?:primer[oa]?)(?: \w+)? (?:en|que|de) (?:denunci|terminar|graduar|ganar|llegar|hablar|demandar|salir|entrar a la universidad)\w*\b[^.!?;]{0,50}", 0.55),
    (rf"\b(?:the|that|this|that's the|el|la|ese|esa|somos l[ao]s?|es (?:el|la)|son l[ao]s) (?:[\w’'-]+ ){{0,3}}?(?:{_PEOPLE}|{_GENTE}|one|{_OFFICE})(?: (?:with|from|in|de|con|del)(?: [\w’'-]+){{1,4}})?,? (?:who|that|whose|que|a quien|al que|a la que)\b(?: [\w’'áéíóúñ-]+){{0,5}}? {_HAPPENED}\b[^.!?;]{{0,60}}", 0.6),
    (rf"\b(?:family|house|casa|familia|apartment|one|{_PEOPLE}|{_GENTE})\b[^.!?;]{{0,20}}\b(?:whose|that|que se|cuya)\b[^.!?;]{{0,25}}\b(?:exploded|burned down|burnt down|burned|quem[oó]|incendi[oó]|explot[oó]|collapsed|flooded)\b[^.!?;]{{0,50}}", 0.55),
    (rf"\b(?:the |el |la )?(?:boy|girl|kid|man|woman|lady|guy|{_GENTE}) (?:shot|killed|stabbed|found|pulled|hit|rescued|arrested|kidnapped|burned) (?:at|in|on|by|from|outside|off|near)\b[^.!?;]{{2,50}}", 0.6),
    (rf"\b(?:i['’]?m|i was|i am|my \w+ (?:was|is)|she['’]?s|he['’]?s|she was|he was|we['’]?re|we were|they['’]?re|soy|mi \w+ (?:es|fue|era)|fui|somos|es|era|the|el|la) [^.!?;]{{0,45}}?\b(?:{_PRESS})\b[^.!?;]{{0,40}}", 0.6),
    (rf"\b(?:i['’]?m|i was|i am|my \w+ (?:was|is)|his \w+ (?:was|is)|her \w+ (?:was|is)|she['’]?s|he['’]?s|she was|he was|soy|mi \w+ (?:es|fue|era)|fui) (?:the|a|el|la|un|una)? ?(?:[\w’'-]+ ){{0,2}}?{_OFFICE}\b[^.!?;]{{0,60}}", 0.55),
    (rf"\b(?:the|la|el|that) (?:[\w’'-]+ )?{_OFFICE}['’]s (?:daughter|son|kid|girl|boy)\b[^.!?;]{{0,50}}|\b(?:la|el) hij[oa] del? (?:la )?(?:pastor|alcalde|regidor|juez|director|diputado)\b[^.!?;]{{0,40}}", 0.55),
    (rf"\b(?:{_PEOPLE}|{_GENTE}|one|i|he|she|my \w+|who|que)\b[^.!?;]{{0,25}}\b(?:with|has|have|had|in|con|tiene|usa|on|is|but me)?\b[^.!?;]{{0,12}}\b(?:{_BODY})\b[^.!?;]{{0,40}}", 0.55),
    (rf"\b(?:only|just|solo|sólo|nomás) (?:one|two|una?|dos) (?:of (?:us|them|the)|de (?:nosotr[oa]s|ell[oa]s|l[oa]s))\b[^.!?;]{{0,30}}\b{_HAPPENED}\b[^.!?;]{{0,40}}", 0.6),
    (rf"\b(?:my|our|mi|the|two|dos) (?:twin|twins|triplets?|quadruplets?|conjoined twins|gemel[oa]s?|cuates?|mellizos|siames[ea]s)\b[^.!?;]{{0,30}}\b(?:both|and i|in the same|the one|y yo|los dos|las dos|{_GROUP})\b[^.!?;]{{0,40}}", 0.55),
    (r"\b(?:he|she|i|we|they)(?:['’]s|['’]m|['’]re| is| am| are) (?:the|a|one of the|from the) (?:quadruplets?|triplets?|siamese|conjoined)\b[^.!?;]{0,50}", 0.6),
    (r"\b(?:crash|accident|fire|shooting|raid|explosion|choque|accidente|incendio|balacera|redada) (?:on|in|at|of|de|en) (?:the |la |el )?\d{1,3}\b", 0.5),
)  # fmt: skip
_TRAITS: tuple[tuple[str, float], ...] = (
    (_AGE, 1), (r"\b(?:pregnant|embarazada|expecting|cancer|cáncer|lupus|dialysis|sickle cell|cerebral palsy|epilep\w+|leukemia|kidney)\b", 1),
    (rf"\b{_FOLK}\b|\bfrom (?:el salvador|guatemala|honduras|tonga|samoa|haiti|nigeria|ukraine|romania|ethiopia|eritrea|the philippines|belize|cambodia|vietnam|laos)\b|\bde (?:honduras|guatemala|el salvador|haití|ucrania|oaxaca|chiapas)\b", 1.5),
    (rf"\b(?:{_BODY})\b", 1.5), (_BIRTHS, 1.5),
    (r"\b(?:ran away|crash|fire|shooting|raid|accident|incendio|choque|balacera|redada|deported|funeral|lawsuit)\b", 1), (_WHEN, 0.5),
    (r"\b(?:pastor's|preacher's|cop's|deputy's|mayor's|coach's) (?:daughter|son|kid)\b|\b(?:tamales|mariachi|welding|boxing|ballet|firefighter|paramedic|midwife|partera)\b|\b(?:viud[oa]|widow(?:er)?|orphan|huérfan[oa])\b", 1),
    (rf"\b(?:in|at|on|from|de|en|del|of) (?:the|my|our|la|el|mi|su|esta|este) (?:\w+ )?{_GROUP}\b", 0.5),
)  # fmt: skip
_ONE = re.compile(r"\b(?:i|i'm|my|me|we|we're|our|she|she's|he|he's|her|his|soy|mi|ella|él|yo|tengo|somos|the|an?|una?|la|el)\b", re.IGNORECASE)
_MANY = re.compile(r"\b(?:any|every|each|all|many|most|some|youth who|families|youths|jóvenes|familias|personas|si un|if a|when a|cualquier|cada)\b", re.IGNORECASE)
_HARMLESS = re.compile(
    r"\b(?:only (?:\w+ )?(?:thing|place|time|way|reason|bus|help|person (?:i|who|that)|ones?\b|people|option|choice|shelter|clinic|program|office|library|hotline|hospital|adults? (?:who|that))|one of the only|first (?:time|thing|place|step|week|day|month|night|year)|"
    r"(?:única|unica) (?:vez|cosa|manera|forma|razón|opción|ayuda|persona que me|que me|que nos)|único (?:que me|que nos|lugar|modo))\b", re.IGNORECASE,
)
_COMPILED = tuple((re.compile(p, re.IGNORECASE), s) for p, s in _RULES)
_TRAIT = tuple((re.compile(p, re.IGNORECASE), w) for p, w in _TRAITS)
_QUICK, _TRAITED = Quick(p for p, _ in _COMPILED), Quick(p for p, _ in _TRAIT)
ENOUGH = 3.0  # so rare a combination makes one person out
_WORTH = re.compile(
    r"\b(?:only|first|one|nobody|no other|none of|únic\w+|unic\w+|primer[oa]?|nadie|ningun\w*|who|whose|that|que|twins?|triplets?|quad\w*|gemel\w+|cuates?|siames\w+|news|tv|channel|netflix|documentary|viral|noticiero|noticias|tele|"
    r"with|con|has|have|tiene|queen|valedictorian|president|mayor|council\w*|pastor\w*|crash|fire|shot|killed|year|años|old|just|exactly|conjoined|raising|cuida|viud[oa]|widow\w*|albin[oa]|sord[oa]|cieg[oa]|dwarfism)\b", re.IGNORECASE,
)


def find_unique(text: str) -> Iterator[Hit]:
    """Yield what tells one person apart without a name; a person decides."""
    said = text.replace("’", "'")
    if not _WORTH.search(said):
        return
    for i in _QUICK.places(said):
        pattern, score = _COMPILED[i]
        for m in pattern.finditer(said):
            if not _HARMLESS.search(m.group()):
                lead = len(m.group()) - len(m.group().lstrip(" ,"))
                yield Hit(m.start() + lead, m.start() + len(m.group().rstrip()), "other", DETECTOR, score)
    traited = [_TRAIT[i] for i in _TRAITED.places(said)]
    for m in re.finditer(r"[^.!?;\n]+", said) if traited else ():
        traits = [(hit.span(), w) for p, w in traited if (hit := p.search(m.group()))]
        if len(traits) > 1 and (town := _town(m.group())):
            traits.append((town, 1))
        found = [span for span, _ in traits]
        if sum(w for _, w in traits) >= ENOUGH and _ONE.search(m.group()) and not _MANY.search(m.group()):
            yield Hit(m.start() + min(a for a, _ in found), m.start() + max(b for _, b in found), "other", DETECTOR, 0.6)


def _town(clause: str) -> tuple[int, int] | None:
    """The first town that a clause names after "in", "from", "en", "de"."""
    lex = lexicon()
    for m in re.finditer(r"\b(?:in|from|en|de|at) ((?:[\w'-]+ ?){1,3})", clause, re.IGNORECASE):
        words = m.group(1).lower().split()
        n = lex.public(words, 0) if words else 0
        if n and words[0] not in ("la", "los", "el", "the", "may", "june"):
            return m.start(), m.start(1) + len(" ".join(words[:n]))
    return None
