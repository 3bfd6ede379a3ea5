"""People who can be told without a name.

The only one of a kind, a public event, a mark, ages of brothers and sisters, and rare combinations of age, origin, place,
family, health and event in what one person says of one person.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.privacy._quick import Quick
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_rare"]

DETECTOR = "rare@2"
ENOUGH = 3  # so many different kinds of traits in one unit make a person out
_WHO = (
    r"(?:girls?|boys?|kid|child|teen|dads?|moms?|father|mother|man|woman|guy|lady|grandma|grandpa|grandmother|grandfather|parent|caregiver|student|survivor|youth|family|families|"
    r"worker|teacher|nurse|doctor|pastor|interpreter|midwife|counselor|therapist|twin|one(?= (?:in|at|from|on|with|of) )|player|client|resident|foster \w+|"
    r"niñ[oa]|señora?|muchach[oa]|mujer|hombre|mamá|mama|papá|madre|padre|abuel[oa]|partera|familia|trabajadora?|maestr[oa]|enfermer[oa]|joven|chic[oa]|estudiante|alumn[oa]|chapin[oa]?|chapina|hondureñ[oa]|salvadoreñ[oa]|guatemaltec[oa]|mexican[oa])"
)
_RULES: tuple[tuple[str, float], ...] = (
    (rf"\b(?:i(?:'m| am| was)|she(?:'s| is| was)|he(?:'s| is| was)|we(?:'re| are| were)|they(?:'re| are| were)|as|being|that was)(?: (?:still|always|like|basically))? (?:the|la|el) (?:only|única|unica|único|unico) (?!(?:place|thing|way|reason|time|bus|help|person i|one (?:who|that) (?:helps?|listens?|calls?|cares?|answers?)))"
     rf"(?:[\w'-]+ ){{0,4}}?{_WHO}\b[^.!?;]{{0,50}}?(?=[.!?;,]|$| so\b| and\b| but\b)", 0.7),
    (r"\b(?:i|she|he|we) (?:play|played|plays|run|do|does)[^.!?]{0,20}, the only [\w'-]+,?(?: (?:in|at|on) [^.!?,]{2,30})?", 0.7),
    (r"\b(?:soy|fui|somos|éramos|era|es|fue) (?:la|el|las|los) (?:única|unica|único|unico)s?\b(?=[^.!?;]*\b(?:en|de|del|por|que (?:se llevaron|habla|quedó|vive|llegó|trabaja))\b)(?! (?:que (?:me|nos|habla así)|vez|ayuda|cosa|forma|manera|opción|doctora?|camión|lugar))[^.!?;]{0,60}", 0.7),
    (r"\b(?:i'm|i am|soy) (?:la|el|the) (?:única|unica|único|unico|only)\b[^.!?;]{0,50}?\b(?:in|en|at|de|del)\b[^.!?;,]{0,30}", 0.7),
    (r"\b(?:there is|there's|there are|hay) (?:just|only|nomás|nomas|solo|sólo) (?:one|una?) [^.!?;]{0,50}?(?:interpreter|intérprete|midwife|partera|teacher|maestr[oa]|doctor|nurse|worker|pastor|counselor|kid|student)\b[^.!?;]{0,40}", 0.6),
    (r"\bno hay otr[oa] [\wáéíóúñ]+ que\b[^.!?;]{0,40}", 0.6),
    (r"\b(?:nobody|no one) else (?:in|at|on) (?:my|our|the) (?:cottage|class|building|house|home|school|team|unit|office|block|street|group|placement|dorm|floor|program)\b[^.!?;]{0,30}\b(?:has|is|had|was|speaks?|came)\b[^.!?;]{0,30}", 0.6),
    (r"\b(?:first|primer[oa]?) (?:trans|openly|black|latina|latino|deaf|native|indigenous|undocumented|gay|girl|boy|female|mujer)\b[^.!?;]{0,20}\b(?:to|in|at|on|que|en)\b[^.!?;]{0,30}", 0.6),
    (r"\b(?:my|mi|i'm|i am|soy|she's|he's|he is|she is|ella es|él es|we are|we were|that was|me and|is|es) [^.!?;]{0,50}?\b(?:on the news|in the paper|in the newspaper|on tv|on channel \w+|salió en (?:las noticias|la tele|el periódico|el canal \w+)|que salió en|in the photo|went viral|caso que salió)\b[^.!?;]{0,30}", 0.65),
    (r"\b(?:my|mi|is|i'm|he's|she's|es|soy|i was) [^.!?;]{0,40}?\b(?:the one|the kid|the boy|the girl|the lady|the mom|the pastor|the man|the youth|el|la que|the survivor) (?:who|that|que|whose)(?: (?:got|was|is|had|were))? (?:shot|arrested|killed|stabbed|kidnapped|found|hit by|chained|jumped|deported|spoke|burned|born|drowned|mataron|arrestaron|balearon|encontraron|atropellaron)\b[^.!?;]{0,40}", 0.65),
    (r"\b(?:i'm|i am|i was|soy|she's|he's|i have|i hold|tengo) (?:on |in )?(?:the |a |la |el )?(?:youth |parent |survivor |lived[- ]experience )?(?:seat|chair|member|rep(?:resentative)?|co-chair|asiento|representante) (?:on|of|for|to|en|de) (?:the |la |el )?(?:\w+ )?(?:commission|board|council|task force|committee|panel|comisión|consejo|mesa)\b", 0.6),
    (r"\b(?:i'm|i am|soy|she's) (?:the|la) (?:survivor|youth|parent|mom|sobreviviente|mamá) (?:who|that|que) (?:spoke|testified|habló|declaró)\b[^.!?;]{0,40}", 0.65),
    (r"\b(?:i|she|he) (?:have|has|got|had) (?:a|this|the|my) (?:\w+ )?(?:tattoo|scar|birthmark|burn mark|brand) (?:of|on|across|that says|with)\b[^.!?;]{0,40}|\b(?:tengo|tiene|el que tiene|la que tiene) (?:un|una|la|el) (?:tatuaje|cicatriz|lunar|marca) (?:de|en)\b[^.!?;]{0,40}", 0.6),
    (r"\b(?:raising|mother of|mamá de|father of|soy la mamá de|me are the|are the) (?:the |los |las |my |unos )?(?:twins|triplets|quadruplets|cuates|gemelos|gemelas|trillizos)\b(?! thing)[^.!?;]{0,40}", 0.6),
    (r"\b(?:\w+ )?(?:kids|children|brothers|sisters|siblings|hijos|hijas|hermanos|hermanas|of us)?,? ?(?:ages?|aged|de|of)? ?(?:\d{1,2}, ){2,}(?:\d{1,2},? )?(?:and|y|&) \d{1,2}\b(?: años)?", 0.65),
    (r"\b(?:two|three|dos|tres) (?:brothers|sisters|hermanos|hermanas),? \d{1,2} (?:and|y) \d{1,2}\b[^.!?;]{0,30}", 0.6),
    (r"\b(?:removed|taken|detained|arrested|picked up|placed|separated)(?: \w+){0,4} (?:in|on|last) (?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\bnos (?:separaron|quitaron|detuvieron|sacaron)(?: \w+){0,3} en (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b", 0.6),
    (r"\b(?:soy|i'm|i am|es|she's|he's) (?:la|el|the) (?:señora?|muchach[oa]|hombre|lady|guy|man|woman|one) (?:que|who|that) (?:vende|sells?|canta|sings|toca|plays|barre|cuida|limpia|baila|dances) [^.!?;]{2,40}(?:afuera|outside|en|at|by|on|frente)\b[^.!?;]{0,30}", 0.6),
    (r"\b(?:everyone|everybody|todos|todo el mundo) (?:knows?|me conocen?|la conocen?|lo conocen?|nos conocen?|sabe quién)\b(?: (?:me|him|her|us|who i am|it's me|it's us|aquí))\b|\btodos (?:me|nos|la|lo) conocen\b", 0.6),
    (r"\b(?:so they|so everybody|so people|they) (?:always |all )?(?:know|knew|will know)(?: \w+){0,2} (?:it's (?:me|her|him|us)|it was (?:me|her|him)|who said it|this came from me)\b", 0.6),
    (r"\b(?:she's|he's|i'm|i am|she is|he is|es|soy) (?:the one|la|el) (?:with|que tiene|con) (?:sickle cell|cerebral palsy|lupus|epilepsy|leukemia|a feeding tube|one arm|one leg|vitiligo|a glass eye|the wheelchair|dialysis|cystic fibrosis|silla de ruedas|epilepsia|leucemia)\b[^.!?;]{0,40}", 0.65),
    # who somebody is, by what happened to them or what they are known for: "my brother is the boy who fell", "somos los de la casa que"
    (r"\b(?:i'm|i am|i was|we're|we are|she's|he's|that's|(?:my|mi|our) (?:\w+ )?\w+ (?:is|was|es|era|fue)|yo soy|soy|somos|nosotros somos|ella es|él es) (?:the|la|el|los|las) (?!one (?:who|that) (?!(?:got|fell|died|was|burned|sued|spoke|testified|won|lost|ran|jumped|crashed)\b))(?!(?:one|que|only) (?:who|that)? ?(?:help|does|do|cook|clean|call|listen|love|care|answer|pay|take|drive|go|say|talk|know|get|me |nos |la |lo |le |cocin|limpi|ayud|cuid|trabaj|pag|va|hac|dic|lleva|tien|contest))"
     r"(?:[\w'-]+ ){0,3}?(?:who|that|whose|que|with the|with a|de la casa|con el|con la)\b (?!(?:help|does|do|cook|clean|call|listen|love|care|answer|pay|take|drive|go|say|talk|know|get|never|always|me |nos |la |lo |le |cocin|limpi|ayud|cuid|trabaj|pag|va|hac|dic|lleva|contest)\w*)[^.!?;]{3,50}", 0.55),
    (r"\b(?:the|la|el) (?:only|única|unica|único|unico) [\w' -]{0,20}?(?:\w+(?:er|ist|or|man|woman|ian|tor)|girl|boy|mujer|hombre|family|familia)\b(?: they had)? (?:in|at|on|who|that|en|que|from|de)\b[^.!?;]{2,40}", 0.6),
    (r"\b(?:only|única|unica|único|unico) (?:one )?(?:in|de|en|from|at) (?:my|mi|our|the|la|el|su) (?:clase|class|school|escuela|edificio|building|grade|town|tribe|church|iglesia|team|office|whole \w+)\b[^.!?;]{0,40}", 0.6),
    (r"\b(?:i was|i am|i'm|my \w+ (?:was|is)|she was|he was) (?:the )?(?:homecoming queen|valedictorian|prom queen|mascot|drum major|team captain|tribal (?:chair\w*|council\w*)|the mayor'?s|a former commissioner|poster child|in the (?:documentary|movie|video|newspaper|lawsuit))\b[^.!?;]{0,40}", 0.6),
    (r"\b(?:two|three|four|dos|tres|cuatro) of us (?:from|de) [A-Z]\w+|\bthere's (?:two|three|four) of us from \w+", 0.6),
    (r"\b(?:i|she|he|my \w+) (?:lost|was born without|only has|has one) (?:my|her|his|a|an|one)? ?(?:left |right )?(?:hand|arm|leg|eye|foot|fingers?|ear)\b[^.!?;]{0,40}", 0.6),
    (r"\b(?:we|i|they|tuve|tuvimos|tengo) (?:had |have )?(?:quads|triplets|quadruplets|trillizos|cuatrillizos|siamese)\b[^.!?;]{0,30}", 0.6),
    (r"\bon my birthday,? [^.!?;]{3,30}", 0.55),
    (r"\b(?:my|mi|her|his|su) \w+ (?:drives|runs|owns|maneja|es|sells|vende) (?:the |la |el )[^.!?;]{0,25}\b(?:truck with|with the (?:\w+ )?(?:roof|door|sign|horse)|curandera|food truck|ice cream truck|puesto de)\b[^.!?;]{0,30}", 0.6),
    (r"\bdo the math on who\b|\btell people which one i am\b|\bknow our last name\b|\b(?:saben|know) (?:quién soy|who i am)\b", 0.6),
)  # fmt: skip
_TRAITS: tuple[str, ...] = (
    r"\b(?:i'm|i am|she's|he's|she is|he is|i was|mi \w+ tiene|my \w+ is|ella tiene|él tiene|tengo|tiene|tenía|turned|cumplí)(?: \w+)? (?:\d{1,2}|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|doce|trece|catorce|quince|dieciséis|dieciseis|diecisiete|dieciocho|diecinueve|nueve|ocho|siete|seis)\b",
    r"\b(?:from|came from|born in|of|de|desde|llegó de|llegué de|llegó sola de|family from) (?:guatemala|honduras|el salvador|nicaragua|oaxaca|chiapas|michoacán|michoacan|eritrea|ethiopia|tonga|samoa|cambodia|laos|vietnam|ghana|nigeria|ukraine|armenia|iran|afghanistan|syria|haiti|cuba|venezuela|colombia|peru|ecuador|belize|philippines|korea|china|india|bangladesh|belice|haití|perú|totonicapán|huehuetenango|quetzaltenango)\b|\b(?:mam|k'?iche'?|quiché|quiche|zapotec[oa]?|mixtec[oa]?|q'anjob'al|garifuna|tongan|samoan|khmer|hmong|navajo|tongva|chumash)\b",
    r"\b(?:pregnant|embarazada|expecting|deaf|sord[oa]|blind|cieg[oa]|sickle cell|cerebral palsy|wheelchair|autis\w+|trans|nonbinary|dialysis|diabetic|cancer|cáncer|lupus|epilep\w+)\b",
    r"\b(?:by myself|alone|sol[oa]|caravan\w*|in the van|train|en el tren|la bestia|crash(?:ed)?|fire|incendio|shooting|balacera|accident\w*|raid|redada|earthquake|flood|carnival|arrested|deported|deportaron)\b",
    r"\b(?:in|at|near|en|by) (?:the )?(?:\w+ )?(?:watts|pomona|lomita|lancaster|palmdale|compton|pacoima|barstow|boyle heights|el monte|carson|wilmington|inglewood|hawthorne|gardena|van nuys|reseda|sun valley|westlake|koreatown|long beach|lynwood|south gate|bell|cudahy|maywood|vernon|azusa|duarte|norwalk|whittier|montebello|irwindale|pink house|blue house)\b",
    r"\b(?:twin|twins|triplets|cuates|gemel[oa]s|only child|oldest of (?:six|seven|eight|nine|ten)|(?:six|seven|eight|nine|ten) (?:kids|siblings|brothers|hijos|hermanos)|widow\w*|viuda|adopted|orphan|huérfan[oa])\b",
)
_NOT = re.compile(
    r"\b(?:only (?:people|thing|place|time|way|reason|bus|help|person i|ones? (?:that|who) (?:help|listen|care|show|answer))|one of the only|(?:única|unica) (?:vez|cosa|manera|forma|razón|opción|ayuda|queja|que me|que nos)|único (?:que|lugar|modo|camión|que me)|"
    r"only (?:clínica|clinic|program|office|library|store|class|service|school|shelter|hospital|hotline))\b", re.IGNORECASE,
)  # fmt: skip
_COMPILED = tuple((re.compile(p, re.IGNORECASE), s) for p, s in _RULES)
_TRAIT = tuple(re.compile(p, re.IGNORECASE) for p in _TRAITS)
_QUICK, _TRAITED = Quick(p for p, _ in _COMPILED), Quick(_TRAIT)
_SELF = re.compile(
    r"\b(?:i|i'm|my|me|she|she's|he|he's|her|his|yo|soy|mi|ella|él|tengo|llegué|we|we're|our)\b", re.IGNORECASE
)


def find_rare(text: str) -> Iterator[Hit]:
    """Yield what makes one person out without a name; a person decides."""
    said = text.replace("’", "'")
    for i in _QUICK.places(said):
        pattern, score = _COMPILED[i]
        for m in pattern.finditer(said):
            if not _NOT.search(m.group()):
                start = m.start() + len(m.group()) - len(m.group().lstrip(" ,"))
                yield Hit(start, m.start() + len(m.group().rstrip()), "other", DETECTOR, score)
    if _SELF.search(said):
        look = _TRAITED.on(said)
        found = [hit.span() for p in _TRAIT if (hit := look(p))]
        if len(found) >= ENOUGH:
            yield Hit(min(a for a, _ in found), max(b for _, b in found), "other", DETECTOR, 0.6)
