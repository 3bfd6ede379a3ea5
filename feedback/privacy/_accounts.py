"""Accounts, pages and mailboxes as people tell them in a sentence: "she posts as ...", "triple w punto ...", "it's ... at gmail"."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.privacy._lexicon import fold, lexicon
from feedback.privacy._quick import Quick
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_accounts"]

DETECTOR = "spoken@4"
_APP = (
    r"(?:ig|insta(?:gram)?|snap(?:chat)?|tik ?tok|discord|kik|venmo|cash ?app|telegram|twitter|facebook|face|fb|whatsapp|onlyfans|twitch|youtube|soundcloud|roblox|psn|xbox|"
    r"bigo(?: live)?|threads|tumblr|pinterest|reddit|signal|tagged|badoo|messenger|x|bluesky)"
)
_HEAVY = r"(?:user ?name|screen ?name|gamer ?tag|handle|page|profile|account|user|perfil|p[aá]gina|cuenta|usuario)"
_END = (
    r"(?:and|but|if|so|y|pero|i(?!['’]s)|they|she|he|it|we|because|cause|on|in|en|que|who|when|cuando|where|till|until|now|there|everyone|everybody|for|para|then|was|is|es|got|has|had|with all)\b"
)
_STOP = (
    r"(?:on|in|not|never|private|public|full|down|gone|good|bad|where|how|the|an?|like|toxic|free|blocked|banned|hacked|all|too|so|my|his|her|their|our|what|when|why|que|muy|donde|nothing|"
    r"everything|okay?|fine|boring|dangerous|crazy|always|just|for|por|una?|lo|los|las|el|there|still|only|really|closed|open|deleted|different|better|worse|about|to|at|from|with|that|this|"
    r"más|mas|no|ya|algo|privad[oa]|cerrad[oa]|se|le|me|nos|people|girls|kids|who|because|also|mostly|probably|big|huge|hard|easy|part|one|some|every|any)\b"
)
_NAME = rf"(?!{_STOP})[\w$@][\w.'’$-]*(?: (?!{_END})[\w.'’-]+)"
_TLD = r"(?:com|net|org|edu|gov|gob|info|io|mx|us|co|example|me|tv|app)"
_RULES: tuple[tuple[str, float, re.Pattern[str], bool], ...] = tuple(
    (kind, score, re.compile(pattern, re.IGNORECASE), strange)
    for kind, score, pattern, strange in (
        ("url", 0.85, rf"\b(?:(?:dub dub dub|double ?u double ?u double ?u|triple (?:w|u|doble u|uve)|tres (?:w|doble u|uves?)|w w w|www) (?:dot|punto) )?[\w-]+ (?:dot|punto) {_TLD}\b(?: (?:dot|punto) {_TLD}\b)?(?:(?: (?:slash|diagonal|barra) [\w-]+)+)?", False),
        ("url", 0.85, rf"\b(?:(?:dub dub dub|triple w|tres w|w w w) (?:dot|punto) )?[\w-]+(?: (?:dot|punto|dash|gui[oó]n|hyphen) [\w-]+){{1,4}} (?:dot|punto) {_TLD}\b(?:(?: (?:slash|diagonal|barra) [\w-]+)+)?", False),
        ("handle", 0.75, rf"\b(?:go(?:es)?|went|post(?:s|ed)?|streams?|raps?|sings?|sells?) (?:by|as|under) ({_NAME}{{0,4}}?)(?= on {_APP}\b)", False),
        ("handle", 0.7, rf"\b(?:posts|posted|streams|streamed) (?:as|under) ({_NAME}{{0,4}})", False),
        ("handle", 0.75, rf"\b(?:{_HEAVY}|name|nombre)(?:['’]s| is| was| es| era|:) ({_NAME}{{0,4}}?)(?= (?:on|en) (?:the |el |la )?{_APP}\b)", False),
        ("handle", 0.7, rf"\b(?:is|was|it['’]?s|called|named|search|find|follow|add|tag|es|era|b[uú]sca(?:me|la|lo)?) ({_NAME}{{0,3}}?)(?= (?:on|en) {_APP}\b)", True),
        ("handle", 0.75, rf"\b{_APP},? (?:(?:user ?)?name|handle|tag|page|usuario)(?:['’]s| is| was| es|:)? ({_NAME}{{0,7}})", False),
        ("handle", 0.75, rf"\b(?:my|her|his|their|new|mi|su|old|other) (?:new |other |old |second )?(?:{_APP}|finsta|spam|cashtag|{_HEAVY})(?: (?:page|account|name|user|profile))?(?:['’]s| is| was| es| era|:) ({_NAME}{{0,5}})", False),
        ("handle", 0.75, rf"\b(?:on|en) (?:the |el |la )?{_APP},? (?:i['’]?m|she['’]?s|he['’]?s|they['’]?re|it['’]?s|soy|es|estoy como|aparezco como|aparece como|sale como|me llamo|name was|as|como)(?: called| named| under)? ({_NAME}{{0,4}})", False),
        ("handle", 0.75, rf"\b{_APP},? (?:name was|name is|under the name|b[uú]scame como|under) ({_NAME}{{0,3}})", False),
        ("handle", 0.7, rf"(?:@ me|\btag me|\bat me|\badd me|\bfollow me|\bhit me(?: up)?),? (?:it['’]?s|i['’]?m|at) ((?:at )?{_NAME}{{0,5}})", False),
        ("handle", 0.75, r"(?<![\w@/.])[A-Za-z]\w*\.\w*_\w*|(?<![\w@/.])[A-Za-z][A-Za-z0-9]{2,}_(?!\w)", False),
        ("email", 0.85, r"(?:[\w.+-]+ (?:dot|plus|underscore|dash|punto|gui[oó]n) )*[\w.+-]+(?: \d+)?,? (?:at|arroba) (?:g ?mail|yahoo|hotmail|outlook|icloud|aol|proton ?mail|proton|live|msn)\b(?! (?:dot|punto)\b)", False),
    )
)  # fmt: skip
_QUICK = Quick(pattern for _, _, pattern, _ in _RULES)
_WORTH = re.compile(
    rf"\b(?:dot|punto|at|arroba|as|by|under|{_APP}|{_HEAVY}|finsta|spam|cashtag|add me|follow me|hit me)\b|@|[._]", re.IGNORECASE
)


def find_accounts(text: str) -> Iterator[Hit]:
    """Yield addresses of pages and mailboxes said in words, and names of accounts by the sentence they stand in."""
    if not _WORTH.search(text):
        return
    for i in _QUICK.places(text):
        kind, score, pattern, strange = _RULES[i]
        for m in pattern.finditer(text):
            start, end = m.span(1) if m.re.groups else m.span()
            if strange and not _strange(text[start:end]):
                continue
            yield Hit(start, end, kind, DETECTOR, score)


def _strange(words: str) -> bool:
    """Whether some word of it is no everyday word, or looks made up."""
    lex = lexicon()
    return any(re.search(r"[\d._]", w) or not lex.ordinary(fold(w)) for w in words.split() if not lex.public([fold(w)], 0))
