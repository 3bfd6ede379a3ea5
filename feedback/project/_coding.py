"""Coding: what machines and people lay on units that passed the gate."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.codebook import Codebook, Coding, Codings
from feedback.errors import FeedbackError, LeakError, Problem, TableError
from feedback.project._keeping import Keeper
from feedback.project._tagged import Kept, tag_sessions

if TYPE_CHECKING:
    import pandas as pd

    from feedback.codebook import Code
    from feedback.tagging import Judgement, Review, Tagger


ANSWERS: dict[str, bool | None] = {
    "": None, "yes": True, "y": True, "sí": True, "si": True, "1": True, "true": True, "x": True, "no": False, "n": False,
    "0": False, "false": False,
}  # fmt: skip


@lru_cache(maxsize=4)
def _read(name: str, body: str) -> Codebook:
    """A kept codebook; the same text is read once a process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"codebook{Path(name).suffix or '.yaml'}"
        path.write_text(body, encoding="utf-8")
        return Codebook.load(path)


class Coder(Keeper):
    """The codebook, codings of machines and people, agreement."""

    tagged: Kept | None = None  # what tagging made before, by session, for a program that tags again and again: see `tag_sessions`
    tell: Callable[[int, int], object] = staticmethod(lambda done, total: None)  # told how far tagging is

    @property
    def codebook(self) -> Codebook:
        """The project's codebook; raises FeedbackError where none was given yet."""
        kept = self._store.document("codebook")
        if kept is None:
            raise FeedbackError("this project has no codebook yet: give one with `feedback codebook use FILE`")
        return _read(*kept)

    def use_codebook(self, path: str | Path) -> Codebook:
        """Check a codebook file and keep it in the project."""
        from feedback.privacy import HELD

        book, kept = Codebook.load(path), self._store.document("codebook")
        before = {x for c in _read(*kept) for x in _printed(c)} if kept else set()
        said = Path(path).read_text(encoding="utf-8-sig").splitlines()
        self._known_to_nobody([(f"line {n}", x) for n, x in enumerate(said, 1)], Path(path).name)
        printed = [(f"code {c.id}", x) for c in book for x in _printed(c) if x not in before]
        self._nameless(printed, Path(path).name, held=HELD - {"person"}, context=False)  # laws have names
        self._store.put_document("codebook", self._file_name(path, "codebook"), Path(path).read_text(encoding="utf-8-sig"))
        return book

    def tag(self, *by: Codebook | Tagger, taggers: Iterable[str] | None = None) -> Codings:
        """Code everything that passed the gate; each tagger replaces its own codings, never a person's.

        By the project's codebook where nothing is given; `taggers=["rules"]` or `["model"]` narrows it.
        """
        from feedback.tagging import tag

        book = self.codebook
        if by or taggers or self.tagged is None:
            made = tag(self._screened(), *(by or (book,)), taggers=taggers, scheduler=self._crew)
        else:
            made = tag_sessions(self._screened(), book, kept=self.tagged, tell=self.tell)
        said = {ref: (d.category, d.polarity, d.about) for ref, d in made.discourse.items()}
        names = sorted({c.tagger for c in made})
        event = {"verb": "tag", "taggers": _families(names), "codings": len(made), "by": names}
        allowed = [e for t in by if (e := getattr(t, "elsewhere", None))]
        self._store.put_codings(made.values, said, {**event, **({"elsewhere": allowed} if allowed else {})})
        return self.codings

    def tag_locally(
        self, model: str, *, address: str, elsewhere: str | None = None, taggers: Iterable[str] = ()
    ) -> tuple[Codings, dict[str, int]]:
        """Code with a language model served on this machine, beside the `taggers` named; also what was refused, by why."""
        from feedback.tagging import LocalModelTagger

        if not model:
            raise FeedbackError("which model? Name it as its server does: --local-model NAME")
        book, listed = self.codebook, list(taggers)
        local = LocalModelTagger(book, model, address=address, elsewhere=elsewhere)
        made = self.tag(*([book] if listed else []), local, taggers=listed or None)
        return made, dict(local.refused)

    @property
    def counted(self) -> Codings:
        """Codings as they count: where people settled a unit after coding it apart, only what they settled on.

        Sessions that came in by upload are not in it before they are cleared: until then they concern those who brought them.
        """
        return self._counted()

    def _counted(self, *, also: str = "") -> Codings:
        """The same, with the session `also`, whose own page is made."""
        from feedback.store import SETTLED, settled

        done = settled(self._store.events())
        found = without(self.codings, self._store.apart() - {also})
        return found.filter(lambda c: c.ref not in done or c.tagger == SETTLED)

    @property
    def codings(self) -> Codings:
        """All codings: the machines' and people's."""
        from feedback.codebook import Discourse

        corpus = self.corpus
        held = {s.ref for s in corpus.segments(everyone=True, withheld=True) if s.turn.withheld}
        values = tuple(c for c in self._store.codings() if c.ref not in held)
        said = {ref: Discourse(*d) for ref, d in self._store.discourse().items()}
        return Codings(values, corpus, self.codebook, said)

    def code(self, codings: Iterable[Coding]) -> Codings:
        """Keep a person's codings (tagger `human:initials`); raises RefError for addresses that name no unit."""
        corpus, book, kept = self.corpus, self.codebook, list(codings)
        for c in kept:
            if not c.tagger.startswith("human:"):
                raise FeedbackError(f"{c.ref}: a person's coding names its coder as `human:initials`, not {c.tagger!r}")
            unit = corpus.resolve(c.ref).turn
            if unit.withheld:
                raise LeakError(f"{c.ref} is held by the privacy gate and cannot be coded yet", [c.ref])
            if not c.in_terms:
                raise FeedbackError(f"{c.ref}: category, polarity or about is none of those that the README lists")
            if any(not 0 <= a < b <= len(unit.text) for a, b in c.evidence):
                raise FeedbackError(f"{c.ref}: its evidence lies outside the unit's {len(unit.text)} characters")
            if c.code not in book:
                raise FeedbackError(f"{c.ref}: there is no code {c.code!r} in this codebook")
        for coder in {c.tagger.removeprefix("human:") for c in kept}:
            self._named(coder)
        self._nameless([(c.ref, c.why) for c in kept if c.why], "why")
        self._store.put_codings(
            kept, None, {"verb": "code", "codings": len(kept), "by": sorted({c.tagger for c in kept})}
        )
        return self.codings

    def learn(self) -> Codings:
        """Train on people's codings in this project and keep the suggestions of what was learned."""
        from feedback.tagging import learn

        return self.tag(self.codebook, learn(self.counted))

    def review(self, *others: Codings) -> Review:
        """Compare coders and taggers with one another: agreement per code, coverage, overlap."""
        from feedback.tagging import review

        return review(self.codings, *others)


    def propose(self, n: int = 50) -> pd.DataFrame:
        """The `n` units most worth a person's time next: ref, worth, codes (closest guesses), why."""
        import pandas as pd

        from feedback.tagging import propose

        rows = [(p.ref, p.worth, p.codes, p.why) for p in propose(self.codings, n)]
        return pd.DataFrame(rows, columns=["ref", "worth", "codes", "why"])

    def sample(self, code: str, out: str | Path, *, seed: int = 0) -> int:
        """Write an hour's units to judge blind for a code (.csv); what was predicted stays in the project."""
        from feedback.tagging import blind_sample

        drawn = blind_sample(replace(self.codings, corpus=self._screened()), code, seed)
        frame = drawn.frame()
        for column in ("prompt", "text"):  # a spreadsheet would take a leading sign for a formula
            frame[column] = ["'" + t if t[:1] in "=+-@\t\r\n＝＋－＠" else t for t in frame[column]]
        frame.to_csv(out, index=False, encoding="utf-8-sig")
        kept = {"seed": seed, "refs": list(drawn.refs), "stratum": dict(drawn.stratum), "sizes": dict(drawn.sizes)}
        self._keep_checks({**self._checks(), code: {**self._checks().get(code, {}), "sample": kept}})
        return len(drawn.refs)

    def judge(self, code: str, answers: str | Path, *, by: str = "", seed: int = 0) -> Judgement:
        """Read a filled sample (columns ref and answer); keep precision and recall, with intervals, for the theme."""
        from feedback.tagging import BlindSample, judge

        kept = self._checks().get(code, {}).get("sample")
        if kept is None:
            raise FeedbackError(f"no sample was drawn for {code!r} yet: feedback check {code} -o FILE")
        drawn = BlindSample(code, tuple(kept["refs"]), kept["seed"], kept["stratum"], kept["sizes"], self._screened())
        found = judge(drawn, read_answers(answers))
        stamp = {"said": str(found), "by": self._named(by)[0] if by.strip() else "not named"}
        checks = self._checks()
        checks[code] = {**checks[code], "stamps": [*checks[code].get("stamps", []), stamp]}
        self._keep_checks(checks)
        return found

    def judged(self, code: str | None = None) -> list[str]:
        """What blind checks found, newest last: for one code, or each code's newest."""
        stamps = {c: [f"{s['said']}; by {s['by']}" for s in k.get("stamps", [])] for c, k in self._checks().items()}
        if code is None:
            return [s[-1] for s in stamps.values() if s]
        return stamps.get(code) or [f"{code}: never checked blind. Draw an hour's units: feedback check {code} -o FILE"]

    def _checks(self) -> dict[str, Any]:
        kept = self._store.document("checks")
        found: dict[str, Any] = json.loads(kept[1]) if kept else {}
        return found

    def _keep_checks(self, checks: dict[str, Any]) -> None:
        self._store.put_document("checks", "checks.json", json.dumps(checks, sort_keys=True))


def without(codings: Codings, out: Collection[str]) -> Codings:
    """Return the codings of all other sessions, and those sessions."""
    import feedback.privacy as privacy

    if not out:
        return codings
    here = tuple(c for c in codings if c.ref.rpartition("#")[0] not in out)
    said = {r: d for r, d in codings.discourse.items() if r.rpartition("#")[0] not in out}
    return replace(codings, values=here, corpus=privacy.without(codings.corpus, out), discourse=said)


def _printed(code: Code) -> tuple[str, ...]:
    """What of a code is printed in findings."""
    return tuple(x for x in (code.name, code.report_as, *code.statements.values()) if x)


def read_answers(path: str | Path) -> dict[str, bool | None]:
    """Read a filled sample: yes, no or nothing, in English or Spanish; raises TableError with the lines that say else."""
    import csv

    said: dict[str, bool | None] = {}
    problems = []
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"ref", "answer"} <= set(rows.fieldnames or ()):
            raise FeedbackError(f"{Path(path).name}: the columns ref and answer are needed")
        for line, row in enumerate(rows, 2):
            word = (row["answer"] or "").strip().lower()
            if word not in ANSWERS:
                problems.append(Problem(Path(path).name, f"line {line}", "the answer is neither yes nor no"))
            else:
                said[row["ref"]] = ANSWERS[word]
    if problems:
        raise TableError(problems)
    return said


def _families(names: Iterable[str]) -> list[str]:
    return sorted({n.split("@")[0] for n in names})
