"""What a clause does: its category, its polarity and of whom it speaks, by cues that a codebook may add to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from feedback.codebook import Codebook, Discourse
from feedback.corpus import Segment
from feedback.tagging._compile import Hit, Pattern, Phrases, Span, parse, words_of

ASIDE = 4  # words in a remark between questions, at most
CHAT = 7  # words in a unit of small talk, at most
ORDER = ("recommendation", "barrier", "asset", "need", "experience")
_SPLIT = re.compile(
    r"[.!?;\n¿]+|,?\s+\b(?:sino|pero|but)\b|,\s*(?=(?:we|i|they|kids|families) needs?\b|necesit|ocup[ao]|queremos\b)",
    re.I,
)
_INSTEAD = re.compile(r"\W*sino\b", re.I)
_BARE = re.compile(
    r"^\W*(?:more|less|fewer|better|m[aá]s|menos|mejores|train|hire|open|fund|pay|create|build|expand|add|offer|bring|teach|stop|put)\b",
    re.I,
)
_LEAD = re.compile(
    r"(?:.{0,80}(?:[:\"“”«‘(→–—]|\s-|'))?[\W_]*(?:(?:please|pls|and|so|but|or|well|like|um|uh|yeah|yes|no|nah|honestly|look|lord|god|"
    r"just|okay|ok|oh|also|then|same|mean|bro|ay|pues|por favor|porfa|y|pero|o sea|mire|mira|oiga|que|mejor|entonces|la verdad|"
    r"(?:a )?(?:m[ií]|nosotr[oa]s)|i'd say|we told \w+ \w+(?: already)?)\b[\W_]*)*",
    re.I | re.S,
)
_TAIL = re.compile(
    r"\W*(?:(?:please|thank (?:you|u)|thanks|thx|gracias|por favor|oiga|mija|lol|honestly|"
    r"with (?:all )?(?:due )?respect|con todo respeto|de veras)\b\W*)*$"
    r"|\s*[,;:)\"”]",
    re.I,
)
_QUESTION = re.compile(
    r"\?|\b(?:what|who|when|how|where|why|which|whose|tell|if|"
    r"anything|anybody|qu[eé]|qui[eé]n|c[oó]mo|d[oó]nde|cu[aá]ndo|cu[aá]l)\b", re.I
)
_ASKING = {"what if", "why not", "why don't", "what if there"}
_NEED_VERB = re.compile(r"\bneed|necesit|ocup|hace[n]? falta", re.I)
OVER = {  # (asked for, said strongly): the words win over the question
    *((c, c) for c in ORDER), *((a, c) for a in ("barrier", "need") for c in ("recommendation", "asset")),
    ("recommendation", "asset"),
}  # fmt: skip
_Key = tuple[str, str, str]  # (what, value, strength)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and what it does; `why` names the cues."""

    span: Span
    category: str = "other"
    polarity: str = "none"
    about: str = "none"
    why: str = ""
    question: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A unit's clauses (what their words assert), and the unit as a whole (what it implies)."""

    clauses: tuple[Clause, ...]
    whole: Discourse

    def at(self, span: Span) -> Clause:
        """Return the clause in which a span starts; a clause that says nothing takes the unit's category."""
        clause = next((c for c in reversed(self.clauses) if c.span[0] <= span[0]), None)
        if clause is None or (clause.category == "other" and clause.polarity == "none"):
            why = clause.why if clause else ""
            return Clause(span, self.whole.category, self.whole.polarity, self.whole.about, why)
        return clause if clause.about != "none" else replace(clause, about=self.whole.about)


@lru_cache(maxsize=1)
def defaults() -> Mapping[str, Any]:
    """The cues that ship with the package."""
    from ruamel.yaml import YAML

    loaded: Mapping[str, Any] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("discourse.yaml").read_text(encoding="utf-8")
    )
    return loaded


def _phrases(cues: Any) -> Iterator[str]:
    if isinstance(cues, Mapping):
        for group in cues.values():
            yield from (str(p) for p in group or ())
    else:
        yield from (str(p) for p in cues or ())


def _patterns(rules: Mapping[str, Any]) -> Iterator[Pattern[_Key]]:
    base, own = defaults(), rules.get("discourse") or {}
    for category in ORDER:
        for cues in (base["categories"][category], own.get(category) or {}):
            for strength in ("strong", "weak", "block"):
                for phrase in _phrases(cues.get(strength)):
                    yield parse(phrase, ("category", category, strength))
    for cues in (base["process"], (own.get("process") or {}).get("cues")):
        for phrase in _phrases(cues):
            yield parse(phrase, ("process", "process", "strong"))
    yield from _voices(rules)


def _written(phrase: str, unwelcome: Iterable[str]) -> Iterator[str]:
    """Write `<unwelcome>` and `<dont>` out."""
    phrase = phrase.replace("<unwelcome>", f"[{'|'.join(unwelcome)}]")
    yield from (phrase.replace("<dont>", d) for d in (("[don't|dont]", "do not") if "<dont>" in phrase else ("",)))


def _voices(rules: Mapping[str, Any]) -> Iterator[Pattern[_Key]]:
    base = defaults()
    for value, cues in base["polarity"].items():
        for group, phrases in cues.items():
            strength = group if group in ("opening", "first", "closing", "block") else "strong"
            for phrase in phrases:
                for written in _written(str(phrase), base["unwelcome"]):
                    key = ("polarity", str(value), strength)
                    yield replace(parse(written, key), phrase=str(phrase))
    for value, cues in base["voice"].items():
        for phrase in _phrases(cues):
            yield parse(phrase, ("voice", str(value), "weak"))
    for rule in (rules.get("voice") or {}).get("rules") or ():
        for phrase in [*(rule.get("cue_en") or ()), *(rule.get("cue_es") or ())]:
            yield parse(str(phrase), ("voice", str(rule["evidence"]), "strong"))


class Reader:
    """Reads what clauses do, by the default cues and the codebook's own."""

    def __init__(self, book: Codebook | None = None) -> None:
        self._cues: Phrases[_Key] = Phrases(dict.fromkeys(_patterns(book.rules if book else {})))
        self._headings: Phrases[str] = Phrases(
            parse(str(p), str(category)) for category, group in defaults()["headings"].items() for p in group
        )
        self._chatter: Phrases[str] = Phrases(parse(str(p), "chatter") for p in defaults()["chatter"])
        self._asked: dict[str, str | None] = {}
        self._open, self._back = dict[str, bool](), dict[str, bool]()

    def heading(self, prompt: str | None) -> str | None:
        """The category that a column heading or question asks for (`demand`: what the system asks of people), or None."""
        if not prompt:
            return None
        if prompt not in self._asked:
            hits = self._headings.find(words_of(prompt))
            self._back[prompt] = any(h.key == "looking_back" for h in hits)
            values = {h.key for h in hits} - {"looking_back", "last"}
            self._open[prompt] = "open" in values
            for kept, dropped in (("barrier", "need"), ("recommendation", "need")):
                values -= {dropped} if kept in values else set()
            if not values and any(h.key == "last" for h in hits):
                values = {"recommendation"}  # what a session ends on
            self._asked[prompt] = values.pop() if len(values) == 1 and not self._open[prompt] else None
        return self._asked[prompt]

    def asked(self, segment: Segment) -> str | None:
        """The category that the question in force asks for: a remark in between ("Thank you.") does not end a question."""
        turns, place = segment.session.turns, segment.turn.prompt
        while place is not None and place >= 0:
            turn = turns[place]
            if turn.kind == "prompt" or place == segment.turn.prompt:
                if not turn.text:  # held by the gate: what was asked is not known
                    return None
                asked = self.heading(turn.text)
                if asked or self._open[turn.text] or turn.role == "heading" or not _aside(turn.text):
                    return asked
            place -= 1
        return None

    def read(self, segment: Segment) -> Reading:
        """Read a unit in its place: its column heading or question, its audience, its kind."""
        turn = segment.turn
        asked, heading = self.asked(segment), segment.prompt_text or ""
        column = asked if heading and len(heading.split()) <= 4 and self.heading(heading) else None
        back = bool(heading) and self._looking_back(heading)
        return self.read_text(
            turn.text, audience=segment.audience, note=turn.kind == "note", asked=asked, column=column, back=back
        )

    def _looking_back(self, prompt: str) -> bool:
        """True where a question asks what would have helped."""
        self.heading(prompt)
        return self._back[prompt]

    def _chat(self, text: str, clauses: list[Clause]) -> bool:
        """True for a few words of small talk in which no cue speaks."""
        return (
            len(text.split()) <= CHAT
            and all(c.category == "other" and c.polarity == "none" for c in clauses)
            and bool(self._chatter.find(words_of(text)))
        )

    def read_text(
        self, text: str, *, audience: str | None = None, note: bool = False, asked: str | None = None,
        column: str | None = None, back: bool = False,
    ) -> Reading:  # fmt: skip
        """Read a text: `asked` is what its question asks for, `column` what its column decides, `back`: of the past."""
        hits = self._cues.find(words_of(text))
        bounds = list(_clauses(text))
        about = _about(hits, audience)
        clauses = [_decide(text, span, [h for h in hits if span[0] <= h.span[0] < span[1]], note) for span in bounds]
        for i in range(1, len(clauses)):
            if clauses[i - 1].polarity == "rejected" and _INSTEAD.match(text[slice(*clauses[i].span)]):
                clauses[i] = replace(clauses[i], category="need", polarity="need", why="instead: 'sino'")
        if asked == "demand" and about in ("self", "client", "child_or_relative"):
            about = "system_demand"
        whole = Discourse() if self._chat(text, clauses) else _whole(clauses, hits, column=column, asked=asked)
        if back and (whole.category, whole.polarity) == ("need", "need"):
            whole = Discourse("need", "need_past")
        if whole.category == "other" and whole.polarity == "none":
            about = "none" if about in ("self", "client", "child_or_relative") else about
        if column:
            clauses = [
                c
                if c.polarity == "rejected"
                else replace(c, category=whole.category, polarity=whole.polarity, why="column")
                for c in clauses
            ]
        whole = Discourse(whole.category, _implied(whole, clauses), about)
        return Reading(
            tuple(
                c if c.category == "other" or c.about == about or c.about != "none" else replace(c, about=about)
                for c in clauses
            ),
            whole,
        )


def _aside(prompt: str) -> bool:
    """True for what a facilitator says between questions."""
    return len(prompt.split()) <= ASIDE or not _QUESTION.search(prompt)


def _clauses(text: str) -> Iterator[Span]:
    start = 0
    for m in _SPLIT.finditer(text):
        end = m.end() if m.group()[0] in ".!?;\n" else m.start()
        if end > start and text[start:end].strip():
            yield start, end
            start = m.start() if m.group()[0] not in ".!?;\n" else m.end()
    if text[start:].strip():
        yield start, len(text)


def _about(hits: Iterable[Hit[_Key]], audience: str | None) -> str:
    voices = {h.key[1] for h in hits if h.key[0] == "voice"}
    own = {h.key[1] for h in hits if h.key[0] == "voice" and h.key[2] == "strong"}
    for value in ("system_demand", "quoted_stigma", "hearsay"):
        if value in own or value in voices:
            return value
    if audience == "stakeholder":
        return "client"
    if "child_or_relative" in voices and audience != "youth":
        return "child_or_relative"
    return "client" if "client" in (own if audience else voices) else "self"


def _decide(text: str, span: Span, hits: list[Hit[_Key]], note: bool) -> Clause:
    """Decide one clause by its strong cues, in the order of decision."""
    hits = [h for h in _unblocked(hits) if _stands(text, span, h)]
    said = {(h.key[0], h.key[1]): h.phrase for h in reversed(hits) if h.key[2] != "weak" or h.key[0] == "voice"}
    polarity = {v: p for (k, v), p in said.items() if k == "polarity"}
    question = text[span[0] : span[1]].rstrip().endswith("?")
    for about in ("system_demand", "quoted_stigma"):
        if ("voice", about) in said:
            return Clause(span, "experience", "none", about, f"voice: {said['voice', about]!r}")
    about = next((v for v in ("hearsay", "child_or_relative", "client") if ("voice", v) in said), "none")
    if "none" in polarity:
        return Clause(span, "asset", "none", about, f"met need: {polarity['none']!r}")
    if "keep" in polarity:
        return Clause(span, "asset", "keep", about, f"keep: {polarity['keep']!r}")
    if "not_a_problem" in polarity:
        return Clause(span, "other", "not_a_problem", about, f"no problem: {polarity['not_a_problem']!r}")
    if "rejected" in polarity:
        category = "need" if _NEED_VERB.search(polarity["rejected"]) else "recommendation"
        return Clause(span, category, "rejected", about, f"refused: {polarity['rejected']!r}")
    if ("process", "process") in said:
        return Clause(span, why=f"process: {said['process', 'process']!r}")
    if "need_past" in polarity:
        return Clause(span, "need", "need_past", about, f"looking back: {polarity['need_past']!r}")
    for category in ORDER:
        cue = said.get(("category", category))
        if cue is None or (question and category == "recommendation" and cue not in _ASKING):
            continue
        return Clause(span, category, "need" if category == "need" else "none", about, f"{category}: {cue!r}")
    if note and _BARE.match(text[span[0] : span[1]]):
        return Clause(span, "recommendation", "none", about, "recommendation: a bare verb or more/less opens the note")
    return Clause(span, about=about, question=question)


def _stands(text: str, span: Span, hit: Hit[_Key]) -> bool:
    """True unless a cue that must open or close a clause stands inside it."""
    if hit.key[2] in ("opening", "first"):
        start = span[0] if hit.key[2] == "opening" else 0
        return bool(_LEAD.fullmatch(text[start : hit.span[0]]))
    return hit.key[2] != "closing" or bool(_TAIL.match(text[hit.span[1] : span[1]]))


def _unblocked(hits: list[Hit[_Key]]) -> list[Hit[_Key]]:
    blocks = [h for h in hits if h.key[2] == "block"]
    return [
        h for h in hits
        if h.key[2] != "block"
        and not any(b.key[1] == h.key[1] and b.first <= h.first and h.first <= b.last for b in blocks)
    ]  # fmt: skip


def _whole(clauses: list[Clause], hits: list[Hit[_Key]], *, column: str | None, asked: str | None) -> Discourse:
    """Sum a unit up: refusals, keeps and no-problems first, then the column, reported speech, the question in force.

    An answer is taken for what was asked for, unless its own words say otherwise strongly (`OVER`): coders read it so, and
    a room that was asked what helps seldom says that it helps. Without a question the order of decision holds.
    """
    for c in clauses:
        if c.polarity in ("rejected", "keep"):
            return Discourse("recommendation" if c.polarity == "rejected" else c.category, c.polarity)
    if any(c.polarity == "not_a_problem" for c in clauses):
        return Discourse("other", "not_a_problem")
    if asked == "demand" and not any(c.category in ("recommendation", "asset") for c in clauses):
        return Discourse("experience", "none")
    if asked == "demand":
        asked = column = None
    if column:
        return Discourse(column, "need" if column == "need" else "none")
    if any(c.about in ("system_demand", "quoted_stigma") for c in clauses):
        return Discourse("experience", "none")
    strong = _strongest(clauses)
    if strong and (asked is None or (asked, strong.category) in OVER):
        return strong
    if any(c.why.startswith("process") for c in clauses):
        return Discourse()
    if asked:
        past = strong is not None and strong.polarity == "need_past"
        return Discourse(asked, ("need_past" if past else "need") if asked == "need" else "none")
    asking = all(c.why == "" and c.question for c in clauses)
    return Discourse("other" if asking else _weak(hits), "none")


def _implied(whole: Discourse, clauses: list[Clause]) -> str:
    """What a unit implies of a need: a barrier and a recommendation imply one, though their own words assert none.

    So a coding on a barrier's words carries the polarity `none` of its clause (as the codebook's sentences ask), while
    the unit as a whole counts as `need`, as coders code it.
    """
    if whole.polarity != "none" or whole.category not in ("barrier", "recommendation"):
        return whole.polarity
    return "need_past" if any(c.polarity == "need_past" for c in clauses) else "need"


def _strongest(clauses: list[Clause]) -> Discourse | None:
    """The unit's category where clauses differ: what is asked for, what helps, what lacks, what is in the way."""
    past = any(c.polarity == "need_past" for c in clauses)
    for category in ("recommendation", "asset", "need", "barrier", "experience"):
        for c in clauses:
            if c.category == category:
                return Discourse(category, "need_past" if category == "need" and past else c.polarity)
    return None


def _weak(hits: list[Hit[_Key]]) -> str:
    """Choose by weak cues where nothing strong stands: a single `no` or `was` is too little for any other."""
    counts: dict[str, int] = {}
    for h in hits:
        if h.key[0] == "category" and h.key[2] == "weak":
            counts[h.key[1]] = counts.get(h.key[1], 0) + 1
    for category, least in (("barrier", 1), ("experience", 1), ("asset", 1)):
        if counts.get(category, 0) >= least:
            return category
    return "other"
