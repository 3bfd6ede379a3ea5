"""Names an organisation knows: exact, folded, by nickname, by sound, within one edit, written apart or together."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from feedback.privacy._lexicon import fold, lexicon
from feedback.privacy._tokens import Token
from feedback.privacy._types import Hit

__all__ = ["Roster"]

DETECTOR = "roster@1"
_NICK = {
    "guadalupe": ("lupe", "lupita"), "jesus": ("chuy", "chucho"), "jose": ("pepe", "chepe"), "francisco": ("pancho", "paco", "kiko"),
    "ignacio": ("nacho",), "rosario": ("chayo", "chayito"), "isabel": ("chabela", "isa"), "roberto": ("beto",),
    "alberto": ("beto",), "william": ("will", "bill", "billy", "liam"), "michael": ("mike", "mikey"), "gregorio": ("goyo",),
    "elizabeth": ("liz", "beth", "eli", "lizzy", "betsy"), "robert": ("bob", "rob", "bobby"), "daniel": ("danny", "dani"),
    "jennifer": ("jenny", "jen"), "maria": ("mari", "mary"), "alejandro": ("alex", "ale"), "alexander": ("alex", "xander"),
    "antonio": ("tono", "tony"), "enrique": ("kike", "quique"), "eduardo": ("lalo",), "consuelo": ("chelo",), "socorro": ("coco",),
    "mercedes": ("meche",), "dolores": ("lola",), "manuel": ("manny", "memo"), "guillermo": ("memo",), "concepcion": ("concha", "conchita"),
    "jacqueline": ("jackie",), "christopher": ("chris", "topher"), "katherine": ("kathy", "kate", "katie"), "luis": ("lucho",),
    "samuel": ("sam", "sammy"), "refugio": ("cuca", "cuco"), "graciela": ("chela",), "santiago": ("chago", "santi"), "rafael": ("rafa",),
    "joseph": ("joe", "joey"), "james": ("jim", "jimmy", "jamie"), "john": ("johnny", "jack"), "richard": ("rick", "ricky", "dick"),
    "anthony": ("tony", "ant"), "margaret": ("maggie", "peggy", "meg"), "patricia": ("pat", "patty", "trish"), "thomas": ("tom", "tommy"),
    "edward": ("eddie", "ed", "ted"), "nicholas": ("nick", "nico"), "benjamin": ("ben", "benny"), "rebecca": ("becky", "becca"),
    "alexandra": ("alex", "lexi", "sandra"), "isaiah": ("zay", "ike"), "xavier": ("zay", "javi"), "javier": ("javi",), "jessica": ("jess",),
    "vanessa": ("nessa",), "gabriela": ("gabi", "gaby"), "fernando": ("nando", "fer"), "leticia": ("lety",), "beatriz": ("betty", "bety"),
}  # fmt: skip
_PLACE = frozenset(re.findall(r"\w+", (
    "school high middle elementary academy college home house center centre church shelter ranch clinic hospital motel inn lodge villa program services "
    "escuela primaria secundaria preparatoria casa hogar iglesia parroquia albergue centro clinica de la el los las of the and"
)))  # fmt: skip
_SOUND = (
    (r"ph", "f"), (r"ght", "t"), (r"^(?:kn|gn|pn|wr)", "n"), (r"sch|sh|ch|tch", "x"), (r"ck|c(?=[aouklrt]|$)|qu|q", "k"), (r"c(?=[eiy])|z", "s"),
    (r"^x", "s"), (r"^j(?=[aeiou])|^h(?=[aeiou])|^g(?=[ei])", "h"), (r"ll|y", "i"), (r"v|b", "b"), (r"h", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip


def _sound(word: str) -> str:
    for pattern, by in _SOUND:
        word = re.sub(pattern, by, word)
    return word[:1] + re.sub(r"[aeiou]", "", word[1:])


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _parts(name: str) -> list[str]:
    return [p for p in re.split(r"[^\w]+", fold(name).replace("'", "")) if p and not p.isdigit()]


class Roster:
    """Names that an organisation knows; only their folded parts are held, and only as long as a screening runs."""

    def __init__(self, names: Iterable[str]) -> None:
        self.words: set[str] = set()
        self.phrases: set[tuple[str, ...]] = set()
        lex = lexicon()
        for name in names:
            parts = _parts(name)
            self.phrases.add(tuple(parts))
            place = bool(_PLACE.intersection(parts)) and len(parts) > 1
            named = [p for p in parts if len(p) > 1 and not (place and self._everyday(p))]
            for part in named:
                self.words.add(part)
                self.words.update(_NICK.get(part, ()))
                if part in lex.ambiguous:
                    self.words.add(part)
        self.phrases.discard(())
        long = [w for w in self.words if len(w) > 3]
        self._near = {v for w in long if len(w) > 4 for v in _deletions(w)}
        self._sounds = {_sound(w) for w in long if len(_sound(w)) > 2}

    @staticmethod
    def _everyday(word: str) -> bool:
        lex = lexicon()
        return word in _PLACE or (lex.listed(word) and word not in lex.first)

    def __contains__(self, word: str) -> bool:
        parts = [word.replace("'", ""), *word.split("-")]
        if any(p in self.words for p in parts):
            return True
        return len(word) > 3 and not lexicon().listed(word) and self._resembles(word)

    def _resembles(self, word: str) -> bool:
        if _sound(word) in self._sounds or word in self._near:
            return True
        return any(v in self.words or (len(word) > 4 and v in self._near) for v in _deletions(word))

    def _perhaps(self, word: str) -> bool:
        """Whether a seldom word of either language is within one edit of a known name."""
        lex = lexicon()
        en, _, es, _ = lex.numbers(word)
        seldom = max(en, es) < 9 and word not in lex.domain and word not in lex.glossary
        return len(word) > 3 and seldom and (word in self._near or any(v in self.words or v in self._near for v in _deletions(word)))

    def find(self, toks: Sequence[Token]) -> Iterator[Hit]:
        """Yield every word that is or resembles a known name, and every known phrase in full."""
        words = [t.folded.replace("'", "") for t in toks]
        for i, tok in enumerate(toks):
            if tok.folded in self and (len(tok.word) > 2 or tok.capital or not tok.ordinary):
                yield Hit(tok.start, tok.end, "person", DETECTOR, 1.0)
            elif self._perhaps(tok.folded):
                yield Hit(tok.start, tok.end, "person", DETECTOR, 0.6)
            if i + 1 < len(toks) and toks[i + 1].gap in (" ", "-", ". ") and words[i] + words[i + 1] in self.words:
                yield Hit(tok.start, toks[i + 1].end, "person", DETECTOR, 1.0)
        for phrase in self.phrases:
            n = len(phrase)
            if n > 1:
                for i in range(len(words) - n + 1):
                    if tuple(words[i : i + n]) == phrase:
                        yield Hit(toks[i].start, toks[i + n - 1].end, "person", DETECTOR, 1.0)
