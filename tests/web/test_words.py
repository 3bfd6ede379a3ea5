"""Every word of the interface is there in Spanish, with the same values in it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from feedback.privacy import OUTCOMES
from feedback.web._ask import say
from feedback.web._coding import ORDERS
from feedback.web._gate import KINDS
from feedback.web._guard import ROLES
from feedback.web._people import TROUBLE
from feedback.web._read import BRIEFS
from feedback.web._said import SAID, STAGES
from feedback.web._upload import AUDIENCES, TONGUES

WEB = Path(__file__).parents[2] / "feedback" / "web"
ES = json.loads((WEB / "es.json").read_text(encoding="utf-8"))
EN = json.loads((WEB / "en.json").read_text(encoding="utf-8"))


TELLERS = ("Problem", "ReadError", "problem", "_problem")


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
    told = [*BRIEFS.values(), *(x for said in STAGES.values() for x in said), *SAID.values(), *TROUBLE.values(), *KINDS.values()]
    assert [k for k in told if k not in ES] == []


def test_what_a_reader_says_of_a_file_is_there_in_spanish() -> None:
    told = json.loads((WEB / "problems.es.json").read_text(encoding="utf-8"))
    said = set()
    for path in [*(WEB.parent / "ingest").rglob("*.py"), WEB / "_worker.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in TELLERS:
                words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                said |= {w for w in words if len(w) > 12 and w.endswith(".")}
    assert len(said) > 50
    assert sorted(said - set(told)) == []
    assert say("es", "the file is empty.") == "el archivo está vacío."


def test_values_stand_in_both() -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    assert [k for k, v in ES.items() if not k.islower() and values(k) != values(v)] == []
    assert say("es", "Heard in {k} of {n} sessions", k=3, n=9) == "Se escuchó en 3 de 9 sesiones"
