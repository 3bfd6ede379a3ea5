"""Every word of the interface is there in Spanish, with the same values in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from web.told import Told

from feedback.codebook import Codebook
from feedback.errors import CodebookError, LeakError, Problem
from feedback.ingest import _guard
from feedback.privacy import OUTCOMES
from feedback.web._ask import say
from feedback.web._coding import ORDERS
from feedback.web._gate import KINDS
from feedback.web._guard import ROLES
from feedback.web._people import TROUBLE
from feedback.web._read import BRIEFS
from feedback.web._said import FIELDS, SAID, STAGES
from feedback.web._told import lines, named, told
from feedback.web._upload import AUDIENCES, TONGUES

WEB = Path(__file__).parents[2] / "feedback" / "web"
ES = json.loads((WEB / "es.json").read_text(encoding="utf-8"))
EN = json.loads((WEB / "en.json").read_text(encoding="utf-8"))


def _used() -> set[str]:
    found: set[str] = set()
    for path in [*WEB.glob("templates/*.j2"), *WEB.glob("*.py")]:
        for m in re.finditer(r'\bt\(\s*"([^"]+)"(?!\s*~)', path.read_text(encoding="utf-8")):
            found.add(m[1])
    return found


def test_every_word_is_there_in_spanish() -> None:
    used = _used()
    assert len(used) > 200
    assert sorted(used - set(ES)) == []


def test_words_that_are_put_together_are_there_in_both() -> None:
    keys = [*(f"lang {x}" for x in TONGUES), *(f"role {r}" for r in ROLES), *OUTCOMES, *AUDIENCES]
    keys += [f"consent {x}" for x in ("yes", "review", "no")]
    keys += [f"{a} {b}" for a in ("by", "f") for b in ("audience", "language", "spa", "month")]
    assert [k for k in keys if k not in ES or k not in EN] == []
    keys += [f"order {o}" for o in ORDERS]
    told = [*BRIEFS.values(), *(x for said in STAGES.values() for x in said), *SAID.values(), *TROUBLE.values()]
    told += [*KINDS.values(), *FIELDS]
    assert [k for k in told if k not in ES] == []


PACKAGE = WEB.parent
READERS = [*(PACKAGE / "ingest").rglob("*.py"), WEB / "_worker.py"]
KEPT = [*(PACKAGE / "codebook").rglob("*.py"), PACKAGE / "plan" / "_plan.py"]


@pytest.mark.parametrize("paths", [READERS, KEPT], ids=["readers", "codebooks and plans"])
def test_whatever_the_code_can_say_of_a_file_is_there_in_spanish(paths: list[Path]) -> None:
    said = list(Told(paths).sentences())
    assert len(said) > 50
    made = {(s.part, s.words.replace("{}", "7")): s.where for s in said if s.words.replace("{}", "").strip()}
    assert [(where, words) for (_, words), where in made.items() if told("es", words).language != "es"] == []
    # what, and what to do, are found whole: a message put together where this test cannot follow would be nothing but a hole
    hidden = {(s.where.split(":")[0], s.part) for s in said if s.words.strip() == "{}" and s.part != "place"}
    assert hidden <= {(f, "what") for f in ("_files.py", "_plan.py", "_manifest.py")}  # errors made of problems found themselves


def test_a_sentence_without_spanish_is_found_and_one_out_of_sight_too(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "def f(n, file, word):\n"
        "    what = f'it has {n} wheel{\"s\" if n > 1 else \"\"}.'\n"
        "    tell(Problem(file, f'row {n}', what, 'Take them off.'))\n"
        "    raise ReadError(far_away(n), file=file, remedy=word)\n"
        "def g(): f(2, 'x', 'Mend it.')\n",
        encoding="utf-8",
    )
    said = {s.words for s in Told([tmp_path / "a.py"]).sentences()}
    assert said == {"row {}", "it has {} wheels.", "it has {} wheel.", "Take them off.", "{}", "Mend it."}
    assert told("es", "it has 7 wheels.").language == "en"
    assert told("es", "row 7") == ("fila 7", "es")


def test_values_in_a_message_are_put_into_spanish_with_it() -> None:
    assert told("es", "the file is empty.").words == "el archivo está vacío."
    for magic in {what for _, what in _guard._MAGIC} | set(_guard._REMEDY):
        assert told("es", magic).language == "es", magic
        assert " a " not in told("es", f"the file is {magic}, whatever its name says.").words
    clash = "it says it is session LS-1, like b.txt, but another month (2025-03, not 2025-04); it was kept out."
    spanish = "dice que es la sesión LS-1, igual que b.txt, pero tiene otro mes (2025-03, no 2025-04); se dejó fuera."
    assert told("es", clash).words == spanish
    other = clash.replace("month (2025-03, not 2025-04)", "audience (youth, not family)")
    assert "otro público (Jóvenes, no Familias)" in told("es", other).words
    assert told("en", clash) == (clash, "en")


def test_what_an_error_says_comes_line_by_line() -> None:
    error = CodebookError([Problem("c.yaml", "line 3", "has no name.", "Add `name:`."), Problem("c.yaml", "", "holds no codes.")])
    assert [x.what.words for x in lines("es", error)] == ["no tiene nombre.", "no tiene códigos."]
    assert lines("es", error)[0].place.words == "línea 3"
    assert lines("es", LeakError("nobody said this before"))[0].what == ("nobody said this before", "en")


def test_codes_of_the_codebook_that_comes_with_the_program_have_spanish_names() -> None:
    book = Codebook.load(PACKAGE.parent / "corpora" / "codebook.yaml")
    assert [c.name for c in book if named("es", c).language != "es"] == []
    assert [g for g in book.groups.values() if say("es", g) == g] == []
    own = replace(next(iter(book)), name="Something else", names={"es": "Otra cosa"})
    assert named("es", own) == ("Otra cosa", "es")
    assert named("es", replace(own, names={})) == ("Something else", "en")


def test_values_stand_in_both() -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    assert [k for k, v in ES.items() if not k.islower() and values(k) != values(v)] == []
    assert say("es", "Heard in {k} of {n} sessions", k=3, n=9) == "Se escuchó en 3 de 9 sesiones"
