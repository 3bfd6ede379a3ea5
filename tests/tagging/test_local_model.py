"""A language model on this machine as one more tagger, against a real HTTP server of the test's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from feedback.codebook import Code, Codebook, Coding
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, LeakError
from feedback.tagging import LocalModelTagger, RuleTagger, learn, review, tag

BOOK = Codebook((
    Code("rides", "Getting there", definition="Ability to reach services.", include="bus passes", exclude="opening hours",
         triggers={"en": ("bus pass*",)}, examples={"en": ("Three buses each way.",)}),
    Code("sleep", "Sleep", definition="Being able to rest."),
    Code("gone", "Old", definition="No longer used.", status="retired"),
))  # fmt: skip
Answer = Callable[[dict[str, Any]], tuple[int, Any]]


class Server(ThreadingHTTPServer):
    """Speaks the chat interface; remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.asked = answer, list[dict[str, Any]]()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, **body})
        status, said = self.server.answer(body)
        raw = said if isinstance(said, bytes) else json.dumps({"choices": [{"message": {"content": said}}]}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        if status == 302:
            self.send_header("Location", "http://192.0.2.1/v1/chat/completions")
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Server]]:
    started: list[Server] = []

    def start(answer: Answer) -> Server:
        server = Server(answer)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def corpus(*texts: str) -> Corpus:
    turns = [Turn(0, "What gets in the way?", Speaker(None, "facilitator"), "prompt")]
    turns += [Turn(i, t, Speaker("P1"), "speech", "en", prompt=0) for i, t in enumerate(texts, 1)]
    return Corpus((Session("S1", tuple(turns), audience="youth"),))


def codings(*pairs: tuple[str, str]) -> str:
    return json.dumps({"codings": [{"code": c, "evidence": e} for c, e in pairs]})


WHY = "a test on invented words"


def test_it_codes_with_evidence_cut_from_the_unit(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda _: (200, codings(("sleep", "can't sleep there"), ("rides", "bus is late"))))
    tagger = LocalModelTagger(BOOK, "small:8b", address=server.address)
    made = tag(corpus("The bus is late and I can't sleep there."), tagger, unscreened=WHY)
    assert [(c.code, c.evidence) for c in made] == [("rides", ((4, 15),)), ("sleep", ((22, 39),))]
    assert {c.tagger for c in made} == {tagger.name}
    assert tagger.name.startswith("local-small-8b@")
    assert all(c.category == "barrier" for c in made)
    assert made.frame()["why"].str.contains("127.0.0.1").all()


def test_the_codebook_is_its_instruction_and_ids_its_only_answers(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda _: (200, codings()))
    list(LocalModelTagger(BOOK, "m", address=server.address).tag(corpus("No bus.").segments()))
    asked = server.asked[0]
    assert (asked["path"], asked["temperature"]) == ("/v1/chat/completions", 0)
    system, user = (m["content"] for m in asked["messages"])
    said = [part in system for part in ("Ability to reach services.", "Not: opening hours.", "No longer used.")]
    assert said == [True, True, False]
    assert json.loads(user) == {"QUESTION": "What gets in the way?", "BEFORE": "What gets in the way?", "UNIT": "No bus."}
    item = asked["response_format"]["json_schema"]["schema"]["properties"]["codings"]["items"]
    assert item["properties"]["code"]["enum"] == ["rides", "sleep"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (codings(("rides", "the bus never comes")), "evidence that does not stand in the unit"),
        (codings(("rides", "  ")), "evidence that does not stand in the unit"),
        (codings(("invented", "No bus")), "no code of the codebook"),
        (codings(("gone", "No bus")), "no code of the codebook"),
        ('{"codings": [{"code": "rides"}]}', "no answer in the form asked for"),
        ("I would say this is about rides.", "no answer in the form asked for"),
        ("", "no answer in the form asked for"),
        ('{"codings": [["rides", "No bus"]]}', "no answer in the form asked for"),
        (b"not json at all", "no answer in the form asked for"),
        (b'{"choices": []}', "no answer in the form asked for"),
    ],
)  # fmt: skip
def test_what_does_not_stand_up_is_refused_and_counted(serve: Callable[[Answer], Server], said: Any, why: str) -> None:
    tagger = LocalModelTagger(BOOK, "m", address=serve(lambda _: (200, said)).address)
    assert list(tagger.tag(corpus("No bus.").segments())) == []
    assert dict(tagger.refused) == {why: 1}


def test_a_fence_round_the_answer_does_no_harm(serve: Callable[[Answer], Server]) -> None:
    tagger = LocalModelTagger(BOOK, "m", address=serve(lambda _: (200, f"```json\n{codings(('rides', 'bus'))}\n```")).address)
    assert [c.code for c in tagger.tag(corpus("No bus.").segments())] == ["rides"]


@pytest.mark.parametrize(
    "address",
    ["http://192.0.2.7:11434/v1", "https://models.example/v1", "http://127.0.0.1.models.example/v1", "http://[2001:db8::1]/v1",
     "http://0.0.0.0:11434/v1"],
)  # fmt: skip
def test_an_address_beyond_this_machine_needs_a_name_and_a_reason(address: str) -> None:
    for nothing in (None, "", "  "):
        with pytest.raises(FeedbackError, match="not on this machine"):
            LocalModelTagger(BOOK, "m", address=address, elsewhere=nothing)
    assert LocalModelTagger(BOOK, "m", address=address, elsewhere="Ana R., IT: our own server").name.endswith("-elsewhere")


@pytest.mark.parametrize("address", ["http://localhost:1/v1", "http://127.9.9.9/v1", "http://[::1]:8080/v1"])
def test_this_machine_needs_none(address: str) -> None:
    assert not LocalModelTagger(BOOK, "m", address=address).name.endswith("elsewhere")


def test_who_allowed_another_address_stands_in_every_coding(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda _: (200, codings(("rides", "bus"))))
    tagger = LocalModelTagger(BOOK, "m", address=server.address, elsewhere="Ana R., IT: a test")
    assert all("Ana R., IT: a test" in c.why for c in tagger.tag(corpus("No bus.").segments()))


@pytest.mark.parametrize("address", ["", "127.0.0.1:11434", "ftp://127.0.0.1/", "http://:80/v1", "http://u:p@127.0.0.1/v1",
                                     "http://127.0.0.1:99999/v1"])  # fmt: skip
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(FeedbackError, match="address is none"):
        LocalModelTagger(BOOK, "m", address=address)


def test_a_server_that_fails_says_so_without_a_word_of_the_unit(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda _: (500, b"boom: SECRETWORD"))
    with pytest.raises(FeedbackError, match="answered 500") as caught:
        list(LocalModelTagger(BOOK, "m", address=server.address).tag(corpus("SECRETWORD on the bus").segments()))
    assert "SECRETWORD" not in str(caught.value)


def test_it_follows_no_redirect_away_from_here(serve: Callable[[Answer], Server]) -> None:
    with pytest.raises(FeedbackError, match="answered 302"):
        list(LocalModelTagger(BOOK, "m", address=serve(lambda _: (302, b"")).address).tag(corpus("No bus.").segments()))


def test_no_server_and_a_slow_one(serve: Callable[[Answer], Server]) -> None:
    with pytest.raises(FeedbackError, match=r"no model answers at 127\.0\.0\.1:1 "):
        list(LocalModelTagger(BOOK, "m", address="http://127.0.0.1:1/v1").tag(corpus("No bus.").segments()))
    wait = threading.Event()

    def slow(_: dict[str, Any]) -> tuple[int, Any]:
        wait.wait(5)
        return 200, codings()

    with pytest.raises(FeedbackError, match=r"no answer in 0\.1 s"):
        list(LocalModelTagger(BOOK, "m", address=serve(slow).address, timeout=0.1).tag(corpus("No bus.").segments()))
    wait.set()


def test_a_proxy_of_the_environment_is_not_used(serve: Callable[[Answer], Server], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server = serve(lambda _: (200, codings(("rides", "bus"))))
    assert [c.code for c in LocalModelTagger(BOOK, "m", address=server.address).tag(corpus("No bus.").segments())] == ["rides"]


def test_withheld_words_are_never_sent(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda _: (200, codings()))
    turns = (Turn(0, "HELD", Speaker("P1"), "speech", withheld=True), Turn(1, "No bus.", Speaker("P2"), "speech"))
    list(LocalModelTagger(BOOK, "m", address=server.address).tag(Corpus((Session("S1", turns),)).segments()))
    assert "HELD" not in json.dumps(server.asked)


def test_it_stands_behind_the_gate_and_beside_the_others(serve: Callable[[Answer], Server]) -> None:
    server = serve(lambda _: (200, codings(("rides", "bus"))))
    local = LocalModelTagger(BOOK, "m", address=server.address)
    named = corpus("Ask Marisol Dominguez at 213-555-0144 for a bus pass.")
    with pytest.raises(LeakError):
        tag(named, local)
    assert server.asked == []
    units = corpus("A bus pass.", "The bus again.", "Nothing.")
    made = tag(units, RuleTagger(BOOK), local, unscreened=WHY)
    person = Coding("S1#1", "rides", "human:ab")
    frame = review(made.merged([person])).frame()
    assert {local.name, "human:ab"} <= set(frame["a"]) | set(frame["b"])
    assert person in made.merged([person]).values
    with pytest.raises(FeedbackError):
        learn(made)  # a model's codings teach nothing: only a person's do


def test_a_codebook_without_definitions_gives_it_nothing_to_go_by() -> None:
    with pytest.raises(FeedbackError, match="definition"):
        LocalModelTagger(Codebook((Code("a", "A"),)), "m")


def test_it_is_off_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("http.client.HTTPConnection.connect", never)
    assert len(tag(corpus("A bus pass."), RuleTagger(BOOK), unscreened=WHY)) == 1
    assert "local" not in (Path(__file__).parents[2] / "feedback" / "tagging" / "_tag.py").read_text(encoding="utf-8").lower()
