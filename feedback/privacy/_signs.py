"""Signs that a unit may tell of harm to one person: weighed together where no rule of `disclosures.yaml` fits.

People seldom say such things in words that a rule foresees. What they have in common: one person (not "girls", not "you"),
an act or several circumstances of harm, somebody who did it, often an age, and no talk of what should be done. Each sign
adds or takes away; from `HOLD` on the unit is held for a person to read.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["HOLD", "weigh"]

HOLD = 3.4
_ACT = re.compile(
    r"\b(?:chok\w+|(?:hit|hits|hitting|beat|beats|beating|punch\w*|slap\w*|kick\w*|whip\w*|whoop\w*|push\w*|threw|throws) (?:on )?(?:me|her|him|us|my|the girls)|beaten|burn(?:ed|s|t|ing)? (?:me|her|him|on|from)|burn from|stab\w*|rap(?:ed?|es|ing)|molest\w*|"
    r"(?:touch|grab)(?:ed|es|s|ing)? (?:me|her|him|us|my|on|himself)|grop\w*|hurt(?:s|ing)? (?:me|her|him|us|my|by)|abused|abusing|assault\w*|forc(?:ed|es|ing)|bruis\w*|belt mark|strangl\w*|sold (?:me|her|him)|traded (?:me|her)|pimp(?:ed|ing|s)|"
    r"trafficked|exploited|threaten(?:ed|s|ing)|stalk\w*|harmed|fingers|take (?:her|his|my) (?:own )?life|took (?:her|his) life|took advantage|did (?:it|that|things|stuff) to (?:me|her|him|my)|did what he wanted|walk\w* in on|going on with my|"
    r"takes? the belt|took the belt|lock(?:s|ed)? (?:me|us|her|him|the fridge)|tak(?:ing|es) pills|"
    r"(?:me|le|la|lo|nos|les) (?:peg(?:a|o|aba|aban|an|aron)|golpe\w*|avent\w*|lastim\w*|quem(?:a|o|aba)|manose\w*|viol(?:a|o|aba|aron)|vend(?:e|io|ieron)|forz\w*|encerr\w*|encierra\w*|amenaz\w*|maltrat\w*|jalone\w*|pate\w*|cachete\w*|ahorc\w*)|se lastima|se corta|"
    r"vendid[ao]|golpead[ao]|lastimad[ao]|abus(?:o|aba|aron)|se aprovech\w*|algo a mi (?:abuela|mama|familia|hij\w+|herman\w+))\b"
)
_CIRCUMSTANCE = re.compile(
    r"\b(?:belt|cinto|cinturon|manguera|marks|marcas|gun|pistola|knife|navaja|at night|en las noches|undress\w*|naked|desnud\w*|videos|pictures|fotos|motel|hotel|figueroa|the track|out there from|men pay|pays? (?:him|my rent)|"
    r"sugar daddy|older (?:guy|man|son|kid)|grown man|camioneta|took (?:her|my|his) phone|quito el (?:celular|telefono)|doesn'?t feed|don'?t feed|haven'?t eaten|no (?:me|le) da de comer|chair on the door|door off|bridge|puente|razor|"
    r"scared of|afraid of|tengo miedo|secret|secreto|don'?t say nothing|never told|only told|no me creyo|didn'?t believe|to be safe|order against|orden contra|drawings|dibujos|grievance|(?:his|to his) car|llorando|crying|alone with|a solas con|"
    r"en sus piernas|on his lap|wife at|married at|talks? about leaving|su voluntad|escaleras|embarazada|la buscaba|huyo|goodbye to|adios a todos|juvenile hall|respite|the foster home|that foster home|hogar de crianza|from (?:a|an|some) (?:guy|dude)|"
    r"happened to me|me paso a mi|leave it there|i was small|they brought me|there was this family|watching the (?:school|house)|supposed to see|for cigarettes|me manda(?:ba)?|mandaba fotos|vive con un (?:senor|hombre)|con un hombre|every day like|like every day|i went twice|picks? (?:her|me) up|turn eighteen)\b"
)
_BY = re.compile(
    r"\b(?:uncle|stepdad|step-?father|father|dad|daddy|stepmother|stepmom|brother|husband|boyfriend|ex|man|men|guy|dude|staff|teacher|nurse|coach|pastor|priest|roommate|neighbor|boss|officer|he|him|they|somebody|someone|"
    r"tio|padrastro|papa|esposo|novio|marido|senor|hombre|patron|maestro|primo|vecino|el|policia|la que cuida|muchacha que cuida)\b"
)
_ONE = re.compile(
    r"\b(?:me|i|my (?:\w+ ){0,2}(?:brother|sister|son|daughter|cousin|niece|nephew|friend|baby|grandson|granddaughter|boy|girl|kid|child|primo|prima|hermanita|mother)|her (?:boy|son|daughter)|(?:a|one|the) (?:boy|girl|youth|client|student|child|kid)|"
    r"she|her|him|us|mi (?:\w+ )?(?:hij\w+|herman\w+|sobrin\w+|prim[oa]|niet[oa]|nin[oa]|amiga|abuela)|yo|ella|a mi)\b"
)
_AGE = (
    r"(?:four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|diecisiete|1[0-7])"
    r"(?! (?:months|years in|hours|minutes|am|pm|people|dollars|percent|meses|horas|pesos|sesiones|buses|de la|o'?clock|o clock|thirty|fifteen|forty|in the|every|and a half|y media))"
)
_YOUNG = re.compile(
    rf"\b(?:(?:she|he) is {_AGE}|(?:she|he|i)(?:'s|'m) (?:like |about |only )?{_AGE}|i was (?:like |about |only )?{_AGE}|(?:when i was|since i was|from when i was) (?:like )?{_AGE}|(?:tiene|tenia) {_AGE}|de {_AGE}(?: anos)?|a los {_AGE}|at {_AGE}|"
    r"(?:fourth|fifth|sixth|seventh|eighth) grade|when i was (?:little|small)|i was (?:small|little)|era nin[oa]|de (?:nin[oa]|chiquit[oa])|little (?:brother|sister|primo)|hermanit[oa])\b"
)
_MANY = re.compile(
    r"\b(?:girls|kids|boys|youth (?:who|are|get|need|have|in)|young (?:people|women)|families|parents|dads|moms|women|mujeres|muchachas|ninos|ninas|jovenes|muchachos|hay|people|everybody|everyone|anybody|todos los|muchos|muchas|a lot of|most|usually|"
    r"always the|if a|si un|you see|you)\b"
)
_OUGHT = re.compile(r"\b(?:should|needs? to|need|ought|deberian|deben|debe de|necesit\w+|hace falta|tendrian)\b")
_PLAIN = re.compile(
    r"\b(?:best|saved|kind|graduat\w+|taught|teach|help(?:s|ed|ful)?|thank\w*|great|loved?|fun|chill|good|better|proud|forms?|formulario|office|oficina|bus stop route|camion|test|uniform\w*|fila|paperwork|papeleo|tramite|class|clases?|lobby|front desk|"
    r"appointment|cita|doctor|tutoring|movie|pozole|tacos|tamales|pizza|jaja|lol|haha|resource|mentor|translate|application|solicitud|park|parque|boxing|waiting list|website|workshop|meeting|juntas?|field trip|laughing|risa|funny|heater|paint|"
    r"budget|policy|programs?|services|clinica|counselor drove|gripa|scooter|never hit me|nunca me peg\w+|respect)\b"
)


def _kinds(pattern: re.Pattern[str], said: str) -> list[re.Match[str]]:
    return list({m.group(): m for m in pattern.finditer(said)}.values())


def weigh(said: str) -> tuple[float, tuple[int, int]]:
    """Return the weight of the signs in a unit (plain lower case, idioms blanked), and the span of what they stand on."""
    acts, around, one = _kinds(_ACT, said), _kinds(_CIRCUMSTANCE, said), _kinds(_ONE, said)
    young = _kinds(_YOUNG, said)
    if not one or not (acts or len(around) + len(young) > 1):
        return 0.0, (0, 0)
    weight = 2 * min(len(acts), 2) + min(len(around), 3) + bool(_BY.search(said)) + 0.7 * min(len(one), 2) + 1.2 * bool(young)
    weight -= 1.5 * min(len(_kinds(_MANY, said)), 2) + 1.2 * len(_kinds(_OUGHT, said)) + 1.2 * min(len(_kinds(_PLAIN, said)), 3)
    marks = [*acts, *around, *young]
    return round(weight - len(said) / 400, 2), (min(m.start() for m in marks), max(m.end() for m in marks))


def find_signs(said: str) -> Iterator[tuple[int, int]]:
    """Yield the span of the signs where they weigh enough to hold a unit."""
    weight, span = weigh(said)
    if weight >= HOLD:
        yield span
