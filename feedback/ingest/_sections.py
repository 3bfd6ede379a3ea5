"""Names of the parts of a page of notes, in English and Spanish: questions, parking lot, debrief, labels, header."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = [
    "Labels", "about_meeting", "header_field", "is_aside", "is_debrief", "is_generic", "is_guide_intro", "is_guide_line",
    "is_header_line", "is_parking", "is_question", "labels_of", "note_taker_kind", "quoted",
]  # fmt: skip

_LEAD = r"^[\W\d_]*(?:the\s+|el\s+|la\s+|our\s+)?"
_PARKING = re.compile(
    _LEAD + r"(?:(?:items?|ideas?|things|questions?|temas|preguntas|notas)\s+(?:for|in|on|from|del?|para|"
    r"en)\s+(?:the\s+|el\s+)?)?"
    r"(?:parking[\s-]*lot|bike\s*rack|park(?:ed|ing)\s+(?:items?|ideas?|questions?|topics?)|estacionamiento|"
    r"para\s+(?:despu[eé]s|m[aá]s\s+tarde)|temas?\s+(?:pendientes?|estacionados?)|(?:asuntos|preguntas)\s+pendientes|"
    r"pendientes|off[\s-]topic|fuera\s+de\s+tema|unasked|other\s+things\s+(?:that\s+)?came\s+up)\b", re.I,
)  # fmt: skip
_TEAM = r"""(?:facilitat\w+|moderat\w+|note-?\s?takers?|recorders?|scribes?|co-?hosts?|hosts?|team|staff|our|my|own|internal|
quien(?:es)?\s+(?:facilit|moder|tom|anot|apunt)\w+|facilitador\w*|moderador\w*|equipo|relator\w*|anotador\w*|
nuestr[ao]s?|intern[ao]s?|propi[ao]s?|mis?)"""
_WRITING = r"""(?:notes?|comments?|reflections?|impressions?|observations?|memo|takeaways?|thoughts|recap|summary|corner|
notas?|apuntes|comentarios?|reflexi[oó]n(?:es)?|impresi[oó]n(?:es)?|observaci[oó]n(?:es)?|cierre|resumen|balance|sentir)"""
_DEBRIEF = re.compile(
    rf"""\bde-?brief(?:ing)?\b | \bafter[\s-]action\b
    | \b(?:post|after)[\s-]*(?:the\s+)?(?:session|meeting|group|event|everyone|people|participants|closing|they\s+left)\b
    | ^\W*afterwards?\b
    | \b{_TEAM}(?:['’]?s)?(?:\s+\w+){{0,2}}?\s+{_WRITING}\b
    | \b{_WRITING}\s+(?:from|by|of|for|del?|de\s+l[ao]s?|por|para|entre)\s+(?:(?:the|la|el|las|los)\s+)?{_TEAM}\b
    | ^\W*(?:reflections?|impressions?|observations?|observaciones|impresiones|reflexi[oó]n(?:es)?)\W*$
    | \bdespu[eé]s\s+de\s+(?:la\s+(?:sesi[oó]n|reuni[oó]n|junta|pl[aá]tica)|que\s+se\s+fueron)\b
    | \(\s*{_TEAM}\s*\)\s*$ | ^\W*{_TEAM}(?:['’]s)?\s+only\b
    | \bfor\s+(?:the\s+)?(?:team|staff|internal\s+use)\b | \bsolo\s+para\s+el\s+equipo\b
    | \b(?:evaluaci[oó]n|reuni[oó]n|rese[nñ]a)\s+del\s+equipo\b""",
    re.I | re.X,
)
_QUESTION_TAG = re.compile(
    r"^\s*(?:q|p|question|pregunta|prompt|topic|tema)\s*\.?\s*#?\d{1,2}\s*[a-d]?\s*[.:)–—-]", re.I
)
_NUMBERED = re.compile(r"^\s*\(?(?:\d{1,2}|[A-Ha-h]|[ivx]{1,4})[.):]\s+")
_GENERIC = re.compile(
    r"^\W*(?:(?:selected|direct|key|notable|main)\s+)?(?:quotes?|notes|summary|themes|takeaways|points|"
    r"discussion|introductions?|welcome|opening|"
    r"closing|break|agenda|ground\s+rules|check-?in|check-?out|next\s+steps|citas|notas|resumen|temas|bienvenida|"
    r"cierre|descanso|acuerdos|"
    r"pr[oó]ximos\s+pasos|discusi[oó]n|introducci[oó]n)\W*$", re.I,
)  # fmt: skip
_IMPERATIVE = re.compile(
    r"^\W*(?:tell\s+(?:us|me)|describe|share|name\s+(?:one|a|the|some|three|two)|think\s+(?:about|back)|"
    r"thinking\s+(?:about|back)|"
    r"imagine|if\s+you\s+(?:could|had|were|ran)|you\s+(?:get|have)\s+(?:one|two|three|\d|a\s+magic)|"
    r"one\s+(?:thing|word|wish)\b|"
    r"(?:a\s+)?magic\s+wand|finish\s+(?:the|this)\s+sentence|cu[eé]nt[ea](?:nos|me|n)|d[ií]ganos|describan?|compart[ae]n?|"
    r"piens[ae]n?\s+en|imagin[ae]n?|si\s+(?:pudiera|tuviera|fuera)\w*|una\s+(?:cosa|palabra)\b|"
    r"(?:una\s+)?varita\s+m[aá]gica)",
    re.I,
)  # fmt: skip
_INTRO = re.compile(
    r"^\W*(?:(?:the\s+|discussion\s+|our\s+)?(?:guide|questions?|prompts?)(?:\s+(?:questions?|asked|used|"
    r"for\s+\w+))*|agenda|"
    r"(?:la\s+)?(?:gu[ií]a|preguntas?)(?:\s+(?:de\s+\w+|gu[ií]a|hechas|que\s+\w+))*)\s*:?\s*$", re.I,
)  # fmt: skip
_ASKED = re.compile(
    r"^\W*(?:asked|guide|questions?|prompts?|we\s+asked|agenda|gu[ií]a|preguntas?|se\s+pregunt\w+|"
    r"preguntamos)\b[^:.?]{0,30}:",
    re.I,
)
_FIELD = re.compile(
    r"^\W*(?:session|group|listening\s+session|code|id|date|month|when|time|where|location|place|site|host|"
    r"who|audience|population|participants?|present|attend\w*|head\s*count|count|number|how\s+many|people|n|"
    r"language|lang|area|region|spa|district|record\w*|audio|recording|consent|quotes?|quoting|facilitat\w*|moderator|"
    r"note-?\s?takers?|interpret\w*|length|duration|format|guide|topic|ages?|age\s+(?:band|range)|purpose|title|"
    r"sesi[oó]n|grupo|c[oó]digo|clave|fecha|mes|cu[aá]ndo|hora|lugar|d[oó]nde|sede|quien(?:es)?|qui[eé]n(?:es)?|p[uú]blico|"
    r"participantes|asist\w*|personas|n[uú]mero|cu[aá]nt[oa]s|idiomas?|lengua|[aá]rea|zona|distrito|grab\w*|"
    r"consentimiento|citas?|facilitador\w*|modera\w*|toma\w*\s+(?:de\s+)?notas|int[eé]rprete|duraci[oó]n|formato|"
    r"gu[ií]a|edad\w*)"
    r"(?:\b[^:.?!]{0,26})?$", re.I,
)  # fmt: skip
_HEADERISH = re.compile(
    r"\b(?:[A-Z]{2,4}-[A-Z]{0,3}\d{1,3}|SPA\s*\d|n\s*=\s*\d+|\d+\s+(?:attended|people|participants?|youth|"
    r"famil(?:y|ies)|adults?|parents?|"
    r"caregivers?|stakeholders?|personas|participantes|j[oó]venes|madres|padres|cuidador\w+|asist\w+)|"
    r"(?:not\s+)?recorded|no\s+(?:se\s+)?grab\w+|"
    r"grabad[oa]|20\d\d|listening\s+session|sesi[oó]n\s+de\s+escucha|note-?takers?|quotes?|citas|english|"
    r"ingl[eé]s|spanish|espa[nñ]ol)\b",
    re.I,
)  # fmt: skip
_NT = re.compile(r"^\W*(?:NT|N\.T\.|note-?\s?taker(?:'s)?(?:\s+(?:note|comment))?|nota(?:\s+de\s+(?:la|el|"
r"quien)[^:]{0,30})?|"
                 r"note|\(note|obs|scribe|recorder|anotador[a]?|relator[a]?)\s*[\]\)]?\s*[:–—-]\s|"
                 r"^\W*\[\s*NT\s*\]", re.I)  # fmt: skip
_ASIDE = re.compile(
    r"^[\(\[](?:.*\b(?:conversation|laugh\w*|pause|silence|break|crosstalk|applause|inaudible|parking|lunch|arriv\w*|"
    r"left|leaves|enter\w*|noise|music|minutes?|plática|risas|silencio|pausa|descanso|aplausos|llega\w*|ruido|"
    r"minutos)\b.*)[\)\]]\.?$",
    re.I | re.S,
)  # fmt: skip
_COMFORT = re.compile(
    r"\bnext\s+time\b(?!.*\?)|\b(?:snacks?|chairs|pizza|donuts|tacos|coffee|restrooms?|sticky\s+dots|the\s+dots|"
    r"name\s*tags?|gift\s*cards?)\b|"
    r"\bla\s+pr[oó]xima\s+vez\b|\b(?:sillas|botanas?|caf[eé]cito|gafetes?|tarjetas?\s+de\s+regalo)\b", re.I,
)  # fmt: skip
_MOOD = re.compile(
    r"(?:did\s*n[o']?t|didn[’']t|did\s+not|no\s+one|nobody|few|only\s+\w+|three|two|several|most|"
    r"many)\s+(?:\w+\s+)?(?:speak|spoke|talk\w*|"
    r"say\s+much|share[ds]?)\b|\b(?:quiet\w*|silen\w+|energy|mood|tone|tens\w+|loud\w*|felt\s+like|seem\w*|"
    r"sens\w+|watch\s+for|"
    r"follow[\s-]?up|surpris\w+|heavy|tears?|cr(?:y|ied|ying)|impression\w*|my\s+sense|no\s+habl[oó]|"
    r"hablaron\s+poco|call[ao]d\w+|"
    r"[aá]nimo|energ[ií]a|ambiente|se\s+sinti[oó]|parec[ií]\w+|dar\s+seguimiento|llor\w+)\b", re.I,
)  # fmt: skip
_PAIRS = {'"': '"', "“": "”", "«": "»", "„": "“", "”": "”", "‘": "’", "'": "'"}


def is_parking(text: str) -> bool:
    """Say whether a heading opens the parking lot."""
    return len(text) <= 80 and bool(_PARKING.match(text))


def is_debrief(text: str) -> bool:
    """Say whether a heading opens the team's own debrief."""
    return len(text) <= 80 and "?" not in text and bool(_DEBRIEF.search(text))


def is_generic(text: str) -> bool:
    """Say whether a heading only orders the page (`Quotes`, `Welcome`, `Cierre`): never a question, whatever is beside it."""
    return bool(_GENERIC.match(_NUMBERED.sub("", text)))


def is_question(text: str) -> bool:
    """Say whether a heading asks something of the group."""
    plain = _NUMBERED.sub("", text)
    return "?" in text or bool(_QUESTION_TAG.match(text) or _IMPERATIVE.match(plain))


def is_guide_intro(text: str) -> bool:
    """Say whether a line announces the list of questions (`Guide:`, `Preguntas:`)."""
    return bool(_INTRO.match(text))


def is_guide_line(text: str) -> bool:
    """Say whether one line holds the whole guide (`Asked: What helps? What is in the way?`)."""
    return text.count("?") >= 2 or bool(_ASKED.match(text))


def header_field(label: str) -> bool:
    """Say whether words are the name of a header field (`Month`, `Head count / recording`, `Idioma`)."""
    label = label.strip().rstrip(":").strip()
    return 0 < len(label) <= 48 and "?" not in label and bool(_FIELD.match(label))


def is_header_line(text: str) -> bool:
    """Say whether a line is of the kind that facilitators put on top: a field, or several facts in a row."""
    label, colon, _ = text.partition(":")
    return bool(colon and header_field(label)) or bool(_HEADERISH.search(text))


def about_meeting(text: str) -> bool:
    """Say whether a parked line is about the meeting itself: chairs, snacks, the next time."""
    return len(text) <= 70 and bool(_COMFORT.search(text))


def is_aside(text: str) -> bool:
    """Say whether a line in brackets tells what happened in the room."""
    return bool(_ASIDE.match(text.strip()))


def note_taker_kind(text: str) -> str | None:
    """Return `process` or `debrief` where a line is the note-taker's own, by its mark; otherwise None."""
    if not _NT.match(text):
        return None
    return "debrief" if _MOOD.search(text) else "process"


def quoted(text: str) -> bool:
    """Say whether the whole of a text stands in one pair of quotation marks."""
    text = text.strip()
    close = _PAIRS.get(text[:1])
    if len(text) < 3 or close is None or text[-1] != close:
        return False
    inner = text[1:-1]
    if close == '"':  # a mark inside has to open a quotation before one closes it
        return inner.count('"') % 2 == 0 and not re.search(r'^[^"]*[^\s("]"', inner) and not inner.startswith('"')
    return close not in inner or close in "'’"


_CODE = r"[A-Z]{1,2}-?\d{1,2}[a-z]?|#\d{1,2}"
_WORD = (
    r"(?:participant[ea]?|speaker|hablante|youth|joven|parent|madre|padre|mother|father|mom|dad|mam[aá]|pap[aá]|caregiver|"
    r"cuidador[a]?|famil(?:y|ia)|stakeholder|provider|staff|seat|asiento|silla|person[a]?|voice|voz|respondent|student|teen|"
    r"abuel[ao]|t[ií][ao]|grand(?:ma|pa|mother|father)|table|mesa)\s?#?\s?\d{1,2}[a-z]?"
)
_OFFICE = (
    r"facilitator(?:\s?\d)?|moderator|interviewer|fac|facilitador[a]?|moderador[a]?|interpreter|int[eé]rprete|"
    r"co-?facilitator|cofacilitador[a]?"
)
_INITIALS = r"[A-ZÁÉÍÓÚÑ]{2,3}|(?:[A-ZÁÉÍÓÚÑ]\.\s?){2,3}"
_NO_INITIALS = frozenset(
    [
        "NT",
        "QA",
        "FYI",
        "IEP",
        "ER",
        "PO",
        "MS",
        "HS",
        "DV",
        "ID",
        "OK",
        "TV",
        "US",
        "LA",
        "SPA",
        "CSW",
        "CBO",
        "DCFS",
        "MH",
        "SW",
        "NA",
        "AA",
        "AM",
        "PM",
        "ASL",
        "TAY",
    ]
)
_LABEL = re.compile(
    rf"^[\[(]?(?P<label>(?:{_CODE})|(?i:{_WORD})|(?i:{_OFFICE})|(?P<initials>{_INITIALS}))[\])]?"
    r"(?P<about>\s*[(\[][^)\]]{1,48}[)\]])?(?P<mark>\s*[:–—]\s*|\s+-\s+|\s+(?=\S)|$)"
)


@dataclass(frozen=True)
class Labels:
    """Which speaker labels a page of notes uses."""

    bare: frozenset[str] = field(default_factory=frozenset)
    initials: bool = False

    def take(self, text: str, bold: str | None = None) -> tuple[str | None, str]:
        """Divide a note into its speaker's label and the words."""
        m = _LABEL.match(text)
        if not m or not text[m.end() :].strip():
            return None, text
        label, marked = m["label"], bool(m["mark"].strip())
        bracketed = text[:1] in "[(" and m.end("label") < len(text) and text[m.end("label")] in ")]"
        if m["initials"] and not (self.initials and marked and label.replace(".", "") not in _NO_INITIALS):
            return None, text
        if not marked and not bracketed and label not in self.bare and (bold or "").strip(" :.-") != label:
            return None, text
        cut = m.end() if marked else (m.start("about") if m["about"] else m.end())
        return label, text[cut:].strip()


def labels_of(notes: Iterable[str]) -> Labels:
    """Find the labels that a page uses: `R7` without a colon counts only where such codes come again and again."""
    found = [m for text in notes if (m := _LABEL.match(text))]
    codes = Counter(m["label"] for m in found if re.fullmatch(_CODE, m["label"]) and not m["mark"].strip())
    families = Counter(re.sub(r"\d.*", "", code) for code in codes)
    bare = frozenset(c for c in codes if families[re.sub(r"\d.*", "", c)] >= 3)
    marked = [m["label"].replace(".", "") for m in found if m["initials"] and m["mark"].strip()]
    marked = [x for x in marked if x not in _NO_INITIALS]
    return Labels(bare, initials=len(marked) >= 4 and len(set(marked)) >= 2)
