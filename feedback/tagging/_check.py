"""check(): run a codebook's own examples, near-misses and test sentences as tests of its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.codebook import Code, Codebook
from feedback.tagging._rules import RuleTagger

if TYPE_CHECKING:
    import pandas as pd

SPOKEN = {"facilitator": "other", "process": "other", "agreement": "other"}  # not categories of participants' units


@dataclass(frozen=True, slots=True)
class Trial:
    """One sentence tried: `result` is pass, fail or expected failure; `got` says what the rules did."""

    code: str
    kind: str
    sentence: str
    result: str
    wanted: str = ""
    got: str = ""
    reason: str = ""


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

        fields = list(Trial.__slots__)
        return pd.DataFrame([[getattr(t, f) for f in fields] for t in self.trials], columns=fields)

    def __str__(self) -> str:
        n = {r: sum(t.result == r for t in self.trials) for r in ("pass", "fail", "expected failure")}
        return f"{n['pass']} pass, {n['fail']} fail, {n['expected failure']} fail as expected (they need a reader)"


def check(book: Codebook) -> Check:
    """Try every example (fires its code), near-miss (does not fire it) and test sentence of a codebook.

    A near-miss that belongs to another code by meaning alone, and a test that says `xfail: reason` (or a sentence for
    which its `note` says that no trigger fires), may fail: an expected failure, with its reason.
    """
    rules = RuleTagger(book)
    trials = [t for code in book if code.status != "retired" for t in _own(code, rules)]
    return Check((*trials, *(_sentence(row, rules) for row in book.rules.get("tests") or ())))


def _own(code: Code, rules: RuleTagger) -> Iterator[Trial]:
    for texts in code.examples.values():
        for text in texts if code.triggers else ():
            got = sorted(rules.hits(text))
            yield Trial(code.id, "example", text, "pass" if code.id in got else "fail", code.id, ", ".join(got))
    for miss in code.near_misses:
        if miss.code == code.id:
            continue
        hits = rules.hits(miss.text).get(code.id, ())
        reason = f"{hits[0].phrase!r} fires; only a reader can tell" if hits else ""
        result = "expected failure" if hits else "pass"
        yield Trial(code.id, "near-miss", miss.text, result, f"not {code.id}", code.id if hits else "", reason)


def _sentence(row: Mapping[str, Any], rules: RuleTagger) -> Trial:
    text = str(row.get("text", ""))
    wanted = {k: v for k, v in _wanted(row).items()}
    got = _got(text, row, rules)
    wrong = [k for k in wanted if wanted[k] != got[k]]
    forbidden = sorted(set(row.get("forbid") or ()) & set(rules.hits(text)))
    wrong += [f"forbidden {code}" for code in forbidden]
    reason = str(row.get("xfail") or _unsolved(row, wrong))
    result = "pass" if not wrong else ("expected failure" if reason and not forbidden else "fail")
    return Trial(
        ", ".join(row.get("codes") or ()), "test", text, result,
        "; ".join(f"{k}: {wanted[k]}" for k in wrong if k in wanted), "; ".join(f"{k}: {got[k]}" for k in wrong if k in got),
        reason if wrong else "",
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
    return {
        "codes": ", ".join(sorted(rules.hits(text))), "category": reading.whole.category,
        "polarity": " | ".join(polarities) or reading.whole.polarity, "about": reading.whole.about,
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
