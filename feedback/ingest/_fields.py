"""One header being read: each statement in it is tried on each field; what is keyed wins over what is said in passing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from feedback.ingest._dates import month_of
from feedback.ingest._header import (
    KEY_LINE,
    Header,
    audience_of,
    code_of,
    field_of,
    languages_of,
    number_value,
    plain_keep,
    split_guide,
)
from feedback.ingest._words import NUMBER_WORDS, number_in

__all__ = ["Reading", "consent_of", "parse_header", "participants_of", "recorded_of", "spa_of"]

_N = r"(?P<n>\d{1,3}|" + "|".join(w for w in NUMBER_WORDS if w not in ("un", "una", "uno", "one")) + r"|one)"
_TOTAL = (
    r"participants?|people|persons?|attend(?:ed|ees|ing)?|present|joined|in (?:the room|attendance|total)|at the table"
    r"|on (?:the )?(?:call|zoom|line)|total|of us|came|showed up|signed in"
    r"|participantes|personas|asistentes|asistieron|presentes|en (?:la sala|la llamada|total)|llegaron|vinieron|"
    r"seats|respondents"
)
_WHO = (
    r"youths?|young (?:people|adults|women|men)|teens?|teenagers?|students?|caregivers?|parents?|mothers?|moms?"
    r"|fathers?|dads?|grandparents?|grandmothers?|grandfathers?|aunts?|uncles?|famil(?:y|ies)|kin|providers?"
    r"|stakeholders?|partners?|professionals?|staff|girls?|boys?|men|women|j[oó]venes|muchach[oa]s|madres|padres"
    r"|mam[aá]s|pap[aá]s|familias|cuidador[ea]s|abuel[oa]s|proveedor[ea]s|mujeres|hombres|estudiantes|adolescentes"
)
_COUNT_TOTAL = re.compile(
    rf"(?<![\w-])(?:about|around|approx\.?|~|unas?|unos|como)?\s*{_N}\s*\+?\s+(?:[^\W\d][\w/&'-]*\s+){{0,2}}?(?:{_TOTAL})(?!\w)",
    re.I,
)
_COUNT_WHO = re.compile(rf"(?<![\w-]){_N}\s+(?:[^\W\d][\w/&'-]*\s+){{0,2}}?(?:{_WHO})(?!\w)", re.I)
_COUNT_SAID = re.compile(
    rf"\b(?:n\s*=\s*|somos|estamos|[ée]ramos|fueron|there (?:are|were|is)|we(?:'re| are| have| had)|(?:a )?group of"
    rf"|grupo de|head ?count:?|attendance:?|total(?: of)?:?|attended:?|attended by|(?:participan|participaron|asisten"
    rf"|asistieron|vinieron|llegaron)|(?:number|people|kids|youth) in (?:the )?room:?)\s*"
    rf"(?:about |around |unas? |unos |como |ya )?{_N}(?!\w|\s*(?:question|pregunta|minut|facilitat|note|year|años"
    rf"|section|part\b))",
    re.I,
)
_NOT_PEOPLE = re.compile(
    (
        r"^\W*(?:facilitators?|note|interpret|staff|minut|question|age|year|facilitador|pregunta|groups?|sites?|camps?"
        r"|schools?|tables?|rooms?|breakouts?|sessions?|grupos?|mesas?|salas?|apuntador|invited|invitad|dots?|puntos|votes?"
        r"|pages?)"
    ),
    re.I,
)
_COUNT_TALLY = re.compile(r"[^\W\d][\w/' -]*\((\d{1,2})\)")

_REGIONS = (
    (1, "antelope valley|av|valle del antilope"),
    (2, "san fernando(?: valley)?|sfv|valle de san fernando"),
    (3, ("san gabriel(?: valley)?|sgv|valle de san gabriel")),
    (4, "metro(?: la| l\\.a\\.| los angeles)?|central la|centro"),
    (5, "west(?: la|side| los angeles)?|oeste"),
    (6, ("south(?: la| l\\.a\\.| los angeles| central)?|sur(?: de los angeles)?")),
    (7, "east(?: la| l\\.a\\.| los angeles)?|este(?: de los angeles)?"),
    (8, "south bay(?:[ /-]+harbor)?|harbor|bahia sur"),
)
_SPA = re.compile(
    r"\b(?:spas?|service planning areas?|area de planificacion)\s*(?:no\.?|#|number|:|=|-|numero)?\s*(?P<n>[1-8]|one"
    r"|two|three|four|five|six|seven|eight|uno|dos|tres|cuatro|cinco|seis|siete|ocho)(?![\w])(?!\s*(?:,|&|and|y|\+"
    r"|/)\s*[1-8]\b)"
)
_NO_SPA = re.compile(r"\bno spa\b|county ?wide|sin spa|todo el condado")

_NOT_RECORDED = re.compile(
    r"\b(?:not|never|un|no|isn't|wasn't) ?(?:audio |video |being |was |were )?(?:-)?recorded|no (?:audio|recordings?"
    r"|video)|notes only|only notes|without recording|no (?:se )?(?:grab\w+|fue grabad[oa])|sin (?:grabar|grabacion"
    r"|audio)"
    r"|solo (?:apuntes|notas)|did not record|didn't record|nothing (?:is|was) recorded|recording (?:off|declined)"
    r"|declined (?:audio|recording)"
)
_RECORDED = re.compile(
    r"\brecorded\b|\brecording\b|hit record|\baudio\b|\bgrab(?:ado|ada|ando|acion|amos|o)\b|auto-?(?:export|caption"
    r"|transcri)\w*|cloud transcript|transcri(?:bed|pt) (?:from|of) (?:the )?(?:audio|recording|zoom|tape)"
    r"|transcripcion (?:del? audio|de la grabacion)"
)
_QUOTING = re.compile(
    r"\bquot(?:e[sd]?|ing|ation|able)\b|\bcit(?:a|as|ar|en|arse|emos)\b|\btextuales\b|\bverbatim\b"
    r"|permission to use (?:their|the) words|usar (?:sus|las) palabras|\bsus palabras\b"
)
_REVIEW = re.compile(
    r"review|check(?:ed)? (?:back|with|first)|\bafter\b|run (?:it |them )?by|approv(?:al|es?\b)|(?:once|when|if|until"
    r"|must be|to be) approved|verify with|confirm with|pending|ask(?:ed)? (?:us |them |the \w+ )?(?:first|before)"
    r"|(?:show|read|run) (?:it |them |these )?(?:to |by )?(?:you|them|us|the group) (?:\w+ )?first|first\b"
    r"|before (?:use|using|print|publish|shar)\w*|with (?:their )?(?:ok|okay|sign-?off)\b|sign-?off"
    r"|revis\w+|despues de|antes de|previa|con aprobacion|consult(?:ar|ando)|preguntar (?:primero|antes)"
    r"|con visto bueno|si (?:el|los|las) \w+ (?:lo )?aprueba"
)
_NO = re.compile(
    r"\b(?:no|not|never|don'?t|do not|without|declined|refused|none|nunca|sin|ningun[ao]?)\b(?!,? (?:names?|nombres|one"
    r"|problem|need))|off the record|paraphrase only|solo parafrase\w*"
)
_YES = re.compile(
    r"\b(?:ok|okay|yes|y|si|fine|allowed|agreed|approved|permitted|granted|permission|consent(?:ed)?|consented"
    r"|may (?:be )?(?:use|quote)d?|can (?:be )?(?:use|quote)d?|good to use|free to|puede[n]? (?:usar|citar)\w*"
    r"|se puede[n]?|permiso|autoriza\w*|acuerdo|permitid[oa]s?|aprobad[oa]s?)\b"
)
_RECORDING_ASIDE = re.compile(rf"(?:{_NOT_RECORDED.pattern})(?=\s*[,;(])")
_PERMITTED = re.compile(
    r"record(?:ed|ing)\b[^.|/\n]{0,30}\b(?:permission|consent)\b|grab\w+ con (?:permiso|consentimiento|autorizacion)"
)
_UNNAMED = re.compile(
    r"\bnames? (?:\w+ )?(?:changed|removed|replaced|masked|taken out)|\bde-?identified\b|\banonymi[sz]ed\b"
    r"|\bnombres? (?:\w+ )?(?:cambiad|quitad|reemplazad|borrad)\w+|\banonimizad"
)
_STAYS = re.compile(
    r"what(?:'s| is) said (?:here|in (?:here|this room)),? stays|stays in (?:this|the) room|lo que se (?:dice|diga"
    r"|habla) aqui,? (?:se queda|aqui se queda)|no sale de aqui"
)


def participants_of(text: str) -> int | None:
    """Return the head count said in a line, or None; facilitators and note-takers do not count."""

    def numbers(pattern: re.Pattern[str]) -> list[int]:
        found = []
        for m in pattern.finditer(text):
            n = number_in(m["n"])
            word = text[m.end("n") :]
            age = re.search(r"(?:ages?|aged|spa|edad(?:es)?|\d(?:\s*(?:to|a)\s*|[-–]))\s*$", text[: m.start("n")], re.I)
            if n is not None and not _NOT_PEOPLE.match(word) and not age and not re.match(r"\s*(?:-|–)\s*\d", word):
                found.append(n)
        return found

    if said := numbers(_COUNT_SAID):
        return said[0]
    text = (
        re.sub(r"\([^)]*\)", " ", text)
        if re.search(rf"{_N}\s+(?:\w+\s+)?(?:{_WHO}|{_TOTAL})\s*\(", text, re.I)
        else text
    )
    total, groups = numbers(_COUNT_TOTAL), numbers(_COUNT_WHO)
    listed = re.search(rf"(?:{_WHO})\s*(?:,|and|&|\+|y|plus)\s*{_N}\s+(?:\w+\s+)?(?:{_WHO})\s+(?:{_TOTAL})", text, re.I)
    if total and not listed:
        return total[0]
    if sum(groups) > 1:
        return sum(groups)
    tally = [int(n) for n in _COUNT_TALLY.findall(text)]
    return sum(tally) if len(tally) >= 3 else None


def spa_of(text: str, *, keyed: bool = False) -> int | None:
    """Return the service planning area, 1 to 8, by its number or its name, or None."""
    bare = plain_keep(text)
    if _NO_SPA.search(bare):
        return None
    if areas := {number_in(m["n"]) for m in _SPA.finditer(bare)}:
        return areas.pop() if len(areas) == 1 else None
    if keyed and (m := re.match(r"\W*([1-8])\b(?!\s*(?:,|&|and|y|/)\s*[1-8])", bare)):
        return int(m[1])
    for number, names in sorted(_REGIONS, key=lambda r: -len(r[1]) if r[0] == 8 else 0):
        names = (
            names
            if keyed
            else "|".join(n for n in names.split("|") if len(n) > 8 or n in ("south bay(?:[ /-]+harbor)?",))
        )
        if names and re.search(rf"(?<!\w)(?:{names})(?!\w)", bare):
            return number
    return None


def recorded_of(text: str) -> bool | None:
    """Return whether the line says that the session was recorded; None where it does not say."""
    bare = plain_keep(text)
    return False if _NOT_RECORDED.search(bare) else True if _RECORDED.search(bare) else None


def consent_of(text: str, *, keyed: bool = False) -> str | None:
    """Return yes, review or no as a header says about quoting; None where it says nothing about it.

    >>> [consent_of(t) for t in ("quotes OK after review", "No direct quotes", "Quotes: OK to use", "recorded")]
    ['review', 'no', 'yes', None]
    """
    said: list[str] = []
    for part in re.split(r"[|/\n•]|(?<!w)/|\.\s|,\s(?=quot|cit|no quot)", re.sub(r"\bw/", "with", plain_keep(text))):
        part = _RECORDING_ASIDE.sub(" ", part)
        if not (keyed or _QUOTING.search(part)):
            continue
        for name, pattern in (("review", _REVIEW), ("no", _NO), ("yes", _YES)):
            if pattern.search(part):
                said.append(name)
                break
    for name in ("review", "no", "yes"):
        if name in said:
            return name
    return "no" if _STAYS.search(plain_keep(text)) else None


class Reading:
    """A header while it is read."""

    def __init__(self) -> None:
        self._found = Header()
        self._texts: list[str] = []
        self.guide: list[str] = []

    def keyed(self, name: str | None, value: str, label: str = "") -> None:
        """Take the value of a `key: value` line, whose key names the field `name` (None: not a field we know)."""
        value = value.strip()
        if not value:
            return
        head = self._found
        if name == "guide":
            self.guide.extend(split_guide(value))
            return
        if name in ("people", "title") or name is None:
            self._texts.append(value if name != "people" else "")
            return
        self._texts.append(value)
        if name == "code":
            head.code = (
                head.code
                or code_of([value])
                or (re.sub(r"[^\w-]+", "-", value).strip("-") if len(value) <= 24 else None)
            )
        elif name == "participants":
            head.participants = head.participants or participants_of(value) or number_value(value)
            if head.participants is None:
                head.extra.setdefault("participants_said", value)
        elif name == "spa":
            head.spa = head.spa or spa_of(value, keyed=True)
        elif name == "recorded":
            yes = re.match(r"\W*(yes|y|si|sí|no|n)\b", value, re.I)
            said = recorded_of(value)
            head.recorded = (
                head.recorded
                if head.recorded is not None
                else said
                if said is not None
                else None
                if not yes
                else yes[1].lower()[0] in "ys"
            )
        elif name == "quote_consent":
            head.quote_consent = head.quote_consent or consent_of(
                value,
                keyed=not plain_keep(label).startswith(("consent", "permi"))
                or "cit" in plain_keep(label)
                or "quot" in plain_keep(label),
            )
        elif name in ("month", "audience", "languages"):
            self._common(name, value)
        else:
            head.extra.setdefault(name, value)

    def _common(self, name: str, value: str) -> None:
        head = self._found
        if name == "month":
            head.month = head.month or month_of(value)
        elif name == "audience":
            head.audience = head.audience or audience_of(value)
        elif not head.languages:
            head.languages, head.asides = languages_of(value)

    def free(self, lines: Sequence[str], *, stem: str) -> None:
        """Try every line on every field that is still open."""
        head = self._found
        lines = [*lines, *(t for t in self._texts if t)]
        head.code = head.code or code_of(lines, stem)
        for line in lines:
            self._line(line)
        whole = "\n".join(lines)
        if m := re.search(
            r"(?:ages?|edad(?:es)?|youth|j[oó]venes|TAY|teens?|adolescentes)\W{1,3}(?:de )?(\d{1,2}\s*(?:-|–|to|"
            r"a)\s*\d{1,2})",
            whole,
            re.I,
        ):
            head.extra.setdefault("age_band", re.sub(r"\s*(?:-|–|to|a)\s*", "-", m[1]))
        if m := re.search(
            r"quot\w*[^.|/]*?(?:until|through|expires?)\W+([\w ,]{3,24}\d{4})|cita[^.|/]*?(?:hasta|vence)\W+([\w "
            r",]{3,24}\d{4})",
            whole,
            re.I,
        ):
            head.extra.setdefault("quote_until", (m[1] or m[2]).strip())
        if m := re.search(r"\b(\d{1,3} ?(?:min(?:ute|uto)?s?|hours?|hrs?|horas?))\b", whole, re.I):
            head.extra.setdefault("length", m[1])
        if re.search(r"\binterpreter|\bint[eé]rprete|interpretation|interpretaci[oó]n", whole, re.I) and not re.search(
            r"no interpret|sin int[eé]rprete", whole, re.I
        ):
            head.extra.setdefault("interpreter", "yes")

    def _line(self, line: str) -> None:
        head = self._found
        head.month = head.month or month_of(line)
        head.audience = head.audience or audience_of(line)
        if not head.languages:
            head.languages, head.asides = languages_of(line)
        head.participants = head.participants or participants_of(line)
        head.spa = head.spa or spa_of(line)
        head.recorded = head.recorded if head.recorded is not None else recorded_of(line)

    def consent(self, lines: Sequence[str]) -> None:
        """Look for what is said about quoting in whole lines, where no key said it."""
        self._found.quote_consent = self._found.quote_consent or consent_of("\n".join(lines))

    def spoken(self, turns: Sequence[str], *, stem: str) -> None:
        """Try the facilitator's opening words on what the written header left open."""
        head = self._found
        for turn in turns:
            announced = (
                bool(code_of([turn], stem))
                or bool(month_of(turn))
                or bool(re.search(r"\bsession\b|\bsesi[oó]n\b|\bSPA\b", turn))
            )
            if announced:
                head.code = head.code or code_of([turn], stem)
                for sentence in re.split(r"(?<=[.!?])\s+", turn):
                    self._line(sentence)
                self.consent([turn])
            else:
                head.recorded = head.recorded if head.recorded is not None else recorded_of(turn)
                head.quote_consent = head.quote_consent or consent_of(turn)

    def permitted(self, lines: Sequence[str]) -> None:
        """Take leave to record, given with the names already changed, as leave to quote where nothing is said of it.

        Leave to record alone is not leave to quote: then the field stays open, and is asked for.
        """
        text = plain_keep("\n".join(lines))
        if self._found.quote_consent is None and _PERMITTED.search(text) and _UNNAMED.search(text):
            self._found.quote_consent = "yes"

    def header(self) -> Header:
        """Return what was found."""
        self._found.guide = tuple(dict.fromkeys(self.guide))
        return self._found


def parse_header(
    lines: Iterable[str], fields: Mapping[str, str] | None = None, *, stem: str = "", spoken: Sequence[str] = ()
) -> Header:
    """Read the fields out of header lines, of `fields` (label to value), and of the facilitator's opening words."""
    reading = Reading()
    for label, value in (fields or {}).items():
        reading.keyed(field_of(label), value)
    free: list[str] = []
    guide_open = False
    whole = list(lines)
    for line in (x for raw in whole for x in _statements(raw)):
        stripped = line.strip(" -•*_\t")
        m = KEY_LINE.match(stripped)
        name = field_of(m["key"]) if m else None
        if m and name and not (name == "code" and not code_of([m["value"]])):
            guide_open = name == "guide"
            reading.keyed(name, m["value"])
            if name in ("guide", "people"):
                continue
        elif guide_open and (stripped.endswith("?") or re.match(r"^\W*(?:\d|[A-H]|Q\d)[.)]", stripped)):
            reading.guide.extend(split_guide(stripped) or (stripped.lstrip("-•* "),))
            continue
        elif stripped:
            guide_open = False
        if stripped and not stripped.endswith("?") and not (stripped.endswith(":") and field_of(stripped)):
            free.append(stripped)
    reading.free(free, stem=stem)
    reading.consent([*whole, *(fields or {}).values()])
    reading.spoken(spoken, stem=stem)
    reading.permitted([*whole, *(fields or {}).values()])
    return reading.header()


def _statements(raw: str) -> list[str]:
    """Cut header lines into statements; what follows `Guide:` stays whole up to the next key."""
    found: list[str] = []
    for line in raw.replace("**", "").split("\n"):
        guide = False
        for i, part in enumerate(
            re.split(
                r"(?:\s*[|·•]\s*|\s{3,}|\s+/\s+|\s[–—-]\s|;\s+|(?<=[\w)][\w)\"\x27][.])\s+(?=[A-ZÁÉÍÓÚÑ¿#]))", line
            )
        ):
            m = KEY_LINE.match(part.strip(" -•*_\t"))
            name = field_of(m["key"]) if m else None
            if guide and name is None and i:
                found[-1] += f"; {part}" if not found[-1].endswith(("?", ".", ":")) else f" {part}"
                continue
            guide = name == "guide"
            found.append(part)
    return found
