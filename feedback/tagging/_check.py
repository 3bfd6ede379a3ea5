"""check(): run a codebook's own examples, near-misses and test sentences as tests of its rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.codebook import Code, Codebook
from feedback.tagging._rules import RuleTagger

if TYPE_CHECKING:
    import pandas as pd

_SENT = re.compile(r"->\s*(?!also\b)(\w+)")
SPOKEN = {"facilitator": "other", "process": "other", "agreement": "other"}  # not categories of participants' units


@dataclass(frozen=True, slots=True)
class Trial:
    """One sentence tried: `result` is pass, fail or expected failure; `got` says what the rules did.

    `shown` says for which codes it is a card: (code, whether it should fire, whether it did as it should).
    """

    code: str
    kind: str
    sentence: str
    result: str
    wanted: str = ""
    got: str = ""
    reason: str = ""
    shown: tuple[tuple[str, bool, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """Every trial of a codebook."""

    trials: tuple[Trial, ...]

    @property
    def ok(self) -> bool:
        """True where nothing failed that was not expected to."""
        return all(t.result != "fail" for t in self.trials)

    def frame(self) -> pd.DataFrame:
        """One row a trial: code, kind, sentence, result, wanted, got, reason."""
        import pandas as pd

        fields = [f for f in Trial.__slots__ if f != "shown"]
        return pd.DataFrame([[getattr(t, f) for f in fields] for t in self.trials], columns=fields)

    def cards(self) -> pd.DataFrame:
        """One row a code: `positive` and `negative` sentences tried, `held` of each, and whether it has three of both.

        Positive are its examples, the near-misses of others that are its own and test sentences that carry it; negative
        its near-misses, the examples of the codes to which its `exclude` points, and test sentences that `forbid` it.
        """
        import pandas as pd

        count: dict[str, list[int]] = {t.code: [0, 0, 0, 0] for t in self.trials if t.kind == "example"}
        for t in self.trials:
            for code, positive, held in t.shown:
                row = count.setdefault(code, [0, 0, 0, 0])
                row[0 if positive else 1] += 1
                row[2 if positive else 3] += held
        rows = [(code, *n, n[0] >= 3 and n[1] >= 3) for code, n in count.items()]
        return pd.DataFrame(rows, columns=["code", "positive", "negative", "positive_held", "negative_held", "full"])

    def __str__(self) -> str:
        n = {r: sum(t.result == r for t in self.trials) for r in ("pass", "fail", "expected failure")}
        return f"{n['pass']} pass, {n['fail']} fail, {n['expected failure']} fail as expected (they need a reader)"


def check(book: Codebook) -> Check:
    """Try every example (fires its code), near-miss (does not fire it) and test sentence of a codebook.

    A near-miss that belongs to another code by meaning alone, and a test that says `xfail: reason` (or a sentence for
    which its `note` says that no trigger fires), may fail: an expected failure, with its reason.
    """
    rules = RuleTagger(book)
    trials = [
        t for code in book if code.status != "retired" for t in (*_own(code, rules), *_elsewhere(code, book, rules))
    ]
    return Check((*trials, *(_sentence(row, rules) for row in book.rules.get("tests") or ())))


def _own(code: Code, rules: RuleTagger) -> Iterator[Trial]:
    for texts in code.examples.values():
        for text in texts if code.triggers else ():
            got = sorted(rules.hits(text))
            fires = code.id in got
            yield Trial(
                code.id, "example", text, "pass" if fires else "fail", code.id, ", ".join(got),
                shown=((code.id, True, fires),),
            )  # fmt: skip
    for miss in code.near_misses:
        if miss.code == code.id:
            continue
        found = rules.hits(miss.text)
        hits = found.get(code.id, ())
        reason = f"{hits[0].phrase!r} fires; only a reader can tell" if hits else ""
        result = "expected failure" if hits else "pass"
        shown = _near(code, miss.code, found)
        yield Trial(
            code.id, "near-miss", miss.text, result, f"not {code.id}", code.id if hits else "", reason, shown
        )


def _elsewhere(code: Code, book: Codebook, rules: RuleTagger) -> Iterator[Trial]:
    """Try the examples of the codes to which this one's `exclude` sends what is not its own (`-> also` sends both)."""
    for other in dict.fromkeys(_SENT.findall(code.exclude)):
        if other not in book or other == code.id:
            continue
        for text in (t for texts in book[other].examples.values() for t in texts):
            fires = code.id in rules.hits(text)
            yield Trial(
                code.id, "excluded", text, "expected failure" if fires else "pass", f"not {code.id}",
                code.id if fires else "", "fires too; a reader decides whether both apply" if fires else "",
                shown=((code.id, False, not fires),),
            )  # fmt: skip


def _near(code: Code, owner: str | None, found: Mapping[str, object]) -> tuple[tuple[str, bool, bool], ...]:
    own = ((owner, True, owner in found),) if owner else ()
    return ((code.id, False, code.id not in found), *own)


def _sentence(row: Mapping[str, Any], rules: RuleTagger) -> Trial:
    text = str(row.get("text", ""))
    wanted = {k: v for k, v in _wanted(row).items()}
    got = _got(text, row, rules)
    wrong = [k for k in wanted if wanted[k] != got[k]]
    fired = set(rules.hits(text))
    forbidden = sorted(set(row.get("forbid") or ()) & fired)
    shown = (
        *((c, True, c in fired) for c in row.get("codes") or ()), *((c, False, c not in fired) for c in row.get("forbid") or ()),
    )  # fmt: skip
    wrong += [f"forbidden {code}" for code in forbidden]
    reason = str(row.get("xfail") or _unsolved(row, wrong))
    result = "pass" if not wrong else ("expected failure" if reason and not forbidden else "fail")
    if row.get("xfail") and not wrong:  # the file says that it fails, and it does not: the file is behind
        result, wrong, reason = "fail", ["xfail"], "it passes now: take its xfail out"
    return Trial(
        ", ".join(row.get("codes") or ()), "test", text, result,
        "; ".join(f"{k}: {wanted[k]}" for k in wrong if k in wanted), "; ".join(f"{k}: {got[k]}" for k in wrong if k in got),
        reason if wrong else "", shown,
    )  # fmt: skip


def _wanted(row: Mapping[str, Any]) -> dict[str, str]:
    out = {"codes": ", ".join(sorted(row.get("codes") or ()))}
    if "discourse" in row:
        out["category"] = SPOKEN.get(str(row["discourse"]), str(row["discourse"]))
    if "polarity" in row:
        out["polarity"] = str(row["polarity"])
    if "evidence" in row:
        out["about"] = str(row["evidence"])
    return out


def _got(text: str, row: Mapping[str, Any], rules: RuleTagger) -> dict[str, str]:
    reading = rules.reader.read_text(text, note=row.get("form") == "flipchart")
    polarities = dict.fromkeys(c.polarity for c in reading.clauses if c.polarity != "none")
    refused = [c.category for c in reading.clauses if c.polarity == "rejected"]  # a sentence is a clause; units differ
    return {
        "codes": ", ".join(sorted(rules.hits(text))), "category": [*refused, reading.whole.category][0],
        "polarity": " | ".join(polarities) or "none", "about": reading.whole.about,
    }  # fmt: skip


def _unsolved(row: Mapping[str, Any], wrong: list[str]) -> str:
    """Say why rules cannot solve a sentence, where the file itself says so."""
    if wrong == ["codes"] and "no trigger fires" in str(row.get("note", "")):
        return "no trigger fires, on purpose: a person codes it"
    if wrong == ["category"] and "disclosure" in row:
        return "a disclosure: held by the privacy gate before anything is coded"
    if wrong == ["category"] and row.get("form") == "flipchart":
        return "a bare noun phrase: only its column heading can tell"
    if wrong == ["category"] and row.get("discourse") == "asset":
        return "praise without a cue word: it needs a reader"
    return ""
