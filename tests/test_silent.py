"""No error, log, table of findings or repr ever holds a participant's words; the core opens no socket."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import feedback
from feedback.errors import FeedbackError
from feedback.project import Project

ROOT = Path(__file__).parent.parent
LEAKY = ROOT / "corpora" / "leaky"


@pytest.fixture(scope="module")
def planted() -> list[str]:
    rows = [json.loads(line) for line in (LEAKY / "key.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()]
    return sorted(
        {f["text"] for r in rows for f in r["found"] if len(f["text"]) > 5 and f["text"][0] not in "0123456789"}
    )


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("leaky") / "plan.db", who="tester")
    project.add(LEAKY)
    return project


def test_findings_never_show_what_they_found(planted: list[str]) -> None:
    corpus = feedback.read(LEAKY)
    audit = feedback.screen(corpus)
    shown = [
        audit.frame().to_csv(),
        repr(audit),
        str(audit),
        str(audit.certificate()),
        repr(audit.findings),
        str(audit.groups()),
    ]
    for words in planted:
        for text in shown:
            assert words.casefold() not in text.casefold()


def test_nothing_planted_passes_the_gate(leaky: Project, planted: list[str]) -> None:
    passed = " ".join(t.text for s in leaky.corpus for t in s.turns).casefold()
    missed = [w for w in planted if w.casefold() in passed]
    assert len(missed) <= 0.05 * len(planted), f"{len(missed)} of {len(planted)} planted identifiers passed"


def test_the_log_holds_addresses_only(leaky: Project, planted: list[str]) -> None:
    log = json.dumps(leaky.log, ensure_ascii=False).casefold()
    assert not [w for w in planted if w.casefold() in log]


def test_the_gate_refuses_a_raw_corpus(planted: list[str]) -> None:
    corpus = feedback.read(LEAKY)
    book = feedback.Codebook.load(ROOT / "corpora" / "demo" / "codebook.yaml")
    for verb in (lambda: feedback.tag(corpus, book), lambda: feedback.discover(corpus)):
        with pytest.raises(feedback.LeakError) as caught:
            verb()
        assert not [w for w in planted if w.casefold() in str(caught.value).casefold()]
    with pytest.raises(FeedbackError):
        feedback.tag(corpus, book, unscreened="  ")
    assert (
        feedback.tag(corpus, book, unscreened="a test on invented documents").unscreened
        == "a test on invented documents"
    )


OFFLINE = """
import sys
def hook(event, args):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.bind", "urllib")):
        raise SystemExit(f"network: {event}")
sys.addaudithook(hook)
import feedback
corpus = feedback.Corpus(tuple(feedback.read("corpora/demo"))[:8])
cleared = feedback.screen(corpus).apply()
codings = feedback.tag(cleared, feedback.Codebook.load("corpora/demo/codebook.yaml"))
feedback.discover(cleared, codings=codings)
needs = feedback.crosswalk(feedback.summarize(codings), "corpora/demo/plan.yaml")
for suffix in (".html", ".docx", ".xlsx"):
    feedback.brief(needs).render(suffix)
"""


@pytest.mark.slow
def test_the_core_opens_no_socket() -> None:
    done = subprocess.run([sys.executable, "-c", OFFLINE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-800:]
