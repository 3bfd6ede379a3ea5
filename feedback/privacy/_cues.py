"""Words around a name that tell that it is one: titles, kinship, introductions, verbs."""

from __future__ import annotations

# ruff: noqa: E501
import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SELF = _set("i'm i've i'll i'd i'ma im ive id i'd've ok okay tv tvs dvd cd dm dms")
TITLES = _set("mr mrs ms mx mister missus dr dona sra srta senora senorita licenciada licenciado lic")
SOFT_TITLES = _set(
    "miss doctor doctora doc coach pastor pastora reverend rev officer deputy detective judge commissioner "
    "nurse sister brother "
    "father padre uncle auntie aunt tia tio titi grandma grandpa granny nana abuela abuelo abuelita don senor "
    "sr profe profesor "
    "profesora maestra maestro comadre compadre hermana hermano baby lil lil' counselor principal sergeant sgt "
    "captain director "
    "directora big madrina padrino prima primo licenciada principal cousin librarian imam rabbi chief"
)
POSSESSIVE = _set("my his her our their your mi su tu nuestra nuestro")
KIN = _set(
    "friend homegirl homeboy homie boy girl cousin sister brother son daughter baby nephew niece grandson "
    "granddaughter mom dad "
    "mama papa uncle auntie aunt tia tio stepdad stepmom roommate bestie boyfriend girlfriend ex worker "
    "counselor lawyer mentor "
    "neighbor teacher therapist caseworker advocate coach grandma grandpa vecina vecino prima primo hija hijo "
    "hermana hermano "
    "sobrina sobrino amiga amigo nieta nieto esposo esposa marido novio novia cunado cunada suegra comadre "
    "compadre nino nina "
    "muchacho muchacha abuela abuelita trabajadora maestra"
)
NAMED = re.compile(
    r"(?:\bnamed|\bcalled|\bname is|\bname's|\bnames are|\bname was|\bgoes by|\bgo by|\bcall(?:s|ed)? (?:me|him|her)|\bknown as|\bask for|"
    r"\bllam[oaó]|\bllama|\bllaman|\bllamaba|\bdicen|\bnombre es|\bapodo es|\bsoy|\bi'm|\bi am|\bsister's name|\bname),?\s+(?:el |la )?$",
    re.IGNORECASE,
)
WEAK_NAMED = re.compile(
    r"(?:\bsoy|\bi'm|\bi am|\bname),?\s+(?:el |la )?$|\bcall(?:s|ed)? (?:me|him|her)\s+$|\bdicen\s+(?:el |la )?$|\bcalled\s+$|\bask for\s+$|\bllam[oaó]\s+$",
    re.IGNORECASE,
)
NICKED = re.compile(r"(?:\bcall(?:s|ed)? me|\bdicen|\bllam[oa]|\bcalled)\s+(?:el |la )?$", re.IGNORECASE)
SPEAK = _set("told said texted asked came picked called dijo conto llamo")
THEN = _set("then so and but when because cause cuz until y pero cuando entonces que")
TOLD = _set("told texted dated married asked")
PAST = _set(
    "said says told tells got gets went goes came comes picked took takes cried was is has had did does left "
    "moved helped knows knew "
    "works worked used made taught gave never always still just don't didn't doesn't ain't be been wanted asked "
    "called texted dijo dice "
    "fue era es tiene tuvo vino viene sabe hizo ayudo lloro llamo me nos le trabaja vive estaba esta cuida cuidaba "
    "llego llega quiere queria puede podia necesita perdio salio sale entro murio nacio vende cocina limpia maneja trae trajo paso pidio cree dio da siente "
    "sigue saco busco busca duerme come grita pega toma enseno presto firmo acompano contesta contesto escribio se cumplio cumple ya va iba anda andaba "
    "cried ran drove sat stood stayed stays showed goes looks looked drives drove needs wants lives lived keeps kept hit knew quit braids cooks runs talks "
    "spoke died passed aged turned opened wrote texts calls smiled laughed left brought bought paid sent asks thinks thought feels felt"
)
# Said twice they are somebody's name; as single words they are not.
TWICE = _set("boo man tay ray jay dee bam cha mo jo lo ty kay choo cee bee pop nay shay dre kee day bo zo nene titi lala kiki juju pooh")
LETTERED = _set("mr mrs ms miss coach dr profe pastor mister auntie tia tio baby uncle judge")  # titles that a letter may follow
LITTLE = _set(
    "kid kids one ones more while house stuff thing things brother brothers sister sisters cousin cousins girl girls boy boys baby babies homie homies bitch "
    "dude guy nigga niggas room apartment something money job niece nephew mami papi y no que me i"
)
PAIRS = frozenset([("papi", "chulo"), ("big", "mama"), ("big", "papa"), ("big", "homie"), ("big", "dawg"), ("mama", "bear"), ("shy", "girl"), ("baby", "girl's"), ("pretty", "boy"), ("lil", "mama"), ("lil", "man")])
PAST_AFTER_WILL = _set(
    "said picked told got came went took had was did gave helped left moved asked called knew made taught drove"
)
WITH_TILDE = _set("toño toña toñito toñita begoña iñaki íñigo nuño ñico goñi peñita")  # names that are other words without it
# What people are called for their looks: "la güera fue la que me ayudó".
BY_LOOKS = _set(
    "guera guero flaca flaco chata chato negra negro prieta prieto pelon pelona chaparra chaparro gorda gordo china chino grenas tuercas pecas chispa payaso diablo canelita morena moreno colocho chele chela "
    "catracho zurdo topo muneca princesa reina huesos dientes bolas flecha sombra smiley"
)
ES_BEFORE_NOUN = _set("el la los las un una unos unas del al este esta ese esa otro otra mucho mucha otros otras muchos muchas su sus nuestro nuestra cada")
LINK = _set("de del la las los y van von al el da dos")
STOP = _set(
    "i a the and or but to of in on at it is was be so that this they he she we you not no yes me my him her "
    "them us who what when where why "
    "how if then as an for from by with about up out back again ever one two all any some just like too there "
    "here now say says el la los las un "
    "una y o pero que de en a al se lo le les me te nos mi tu su es era yo ella ellos si ya muy mas por para "
    "con sin como cuando"
)
MONTH_BEFORE = _set(
    "in by of since until till til every last next this any en de desde hasta for and or through around late "
    "early mid before after each "
    "during the cada para entre to end hacia from between on this's y"
)
MISSING = _set("i you we they he she to gonna don't didn't really ll would will i'll and might could")
MONTHS = _set("may april june august march")
THINGS = _set(
    "house home street school church center bank line parade bowl day park place road avenue group team office county city court "
    "garden family program project"
)
WEAK = _set("is was be es era never always still just me le nos esta fue does did has had")
