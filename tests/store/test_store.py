"""The store: what goes in comes out, machines never touch a person's codings, the log shows tampering."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from feedback.codebook import Coding
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import Problem, StoreError
from feedback.store import Store


@pytest.fixture
def session() -> Session:
    turns = (
        Turn(0, "What gets in the way?", Speaker("Facilitator", "facilitator"), kind="prompt", language="en"),
        Turn(1, "el camión no pasa 🚌", Speaker("P1"), language="es", verbatim=True, agreement=4, start=1.5, end=3.0, prompt=0),
        Turn(2, "old photos", Speaker(None), kind="note", parking_lot=True, audience="family", file="b.docx"),
    )
    return Session(
        "LS-Y04", turns, month="2025-03", audience="youth", languages=("en", "es"), participants=8, spa=6, recorded=True,
        quote_consent="review", guide=("What gets in the way?",), file="a.vtt", sha256="0" * 64, format="zoom_vtt",
    )  # fmt: skip


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    store = Store(address, who="tester")
    yield store
    store.close()


def test_a_session_comes_back_as_it_went_in(store: Store, session: Session) -> None:
    store.put_sessions([session], [Problem("c.docx", "page 2", "is a scan.", "Type it.")])
    corpus = store.corpus(cleared=False)
    assert corpus.values == (session,)
    assert corpus.problems == (Problem("c.docx", "page 2", "is a scan.", "Type it."),)


def test_nothing_passes_before_the_gate_has_seen_it(store: Store, session: Session) -> None:
    store.put_sessions([session])
    assert store.unscreened() == ("LS-Y04",)
    corpus = store.corpus(cleared=True)
    assert {t.text for t in corpus["LS-Y04"].turns} == {""}
    assert {t.speaker.label for t in corpus["LS-Y04"].turns} == {None}
    assert all(t.withheld for t in corpus["LS-Y04"].turns)
    store.put_cleared(Corpus((session,)), {"screening": "x"})
    assert store.unscreened() == ()
    assert store.corpus(cleared=True).values == (session,)


def test_replacing_a_session_takes_its_codings_along(store: Store, session: Session) -> None:
    store.put_sessions([session])
    store.put_codings([Coding("LS-Y04#1", "transportation", "human:ab")], {"LS-Y04#1": ("barrier", "none", "self")}, {})
    assert store.put_sessions([session]) == ("LS-Y04",)
    assert store.codings() == ()
    assert store.discourse() == {}
    assert store.unscreened() == ("LS-Y04",)


def test_a_tagger_replaces_its_own_and_never_a_persons(store: Store, session: Session) -> None:
    store.put_sessions([session])
    mine = Coding("LS-Y04#1", "transportation", "human:ab", category="barrier", evidence=((0, 9),))
    store.put_codings([mine], None, {})
    store.put_codings([Coding("LS-Y04#1", "transportation", "rules@1")], None, {})
    store.put_codings([Coding("LS-Y04#2", "housing_stability", "rules@2")], None, {})
    assert [(c.ref, c.tagger) for c in store.codings()] == [("LS-Y04#1", "human:ab"), ("LS-Y04#2", "rules@2")]
    assert store.codings()[0] == mine
    store.put_codings([], None, {"taggers": ["rules", "human:ab"]})
    assert [c.tagger for c in store.codings()] == ["human:ab"]


def test_withdrawing_deletes_everything_and_says_so(store: Store, session: Session) -> None:
    store.put_sessions([session])
    store.drop_session("LS-Y04", "the group asked")
    assert len(store.corpus(cleared=False)) == 0
    assert store.events()[-1]["verb"] == "withdraw"
    with pytest.raises(StoreError, match="LS-Y04"):
        store.drop_session("LS-Y04", "again")


def test_the_log_shows_tampering(store: Store, session: Session) -> None:
    store.put_sessions([session])
    store.log("release", {"sha256": "a"})
    store.log("release", {"sha256": "b"})
    assert [e["verb"] for e in store.events()] == ["add", "release", "release"]
    with store._engine.begin() as db:
        db.execute(store._t.event.update().where(store._t.event.c.id == 2).values(detail={"sha256": "c"}))
    with pytest.raises(StoreError, match="event 2"):
        store.events()


def test_the_log_holds_no_words(store: Store, session: Session) -> None:
    store.put_sessions([session])
    assert "camión" not in str(store.events())


def test_what_is_no_project_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.docx"
    path.write_bytes(b"PK\x03\x04 not a database at all")
    with pytest.raises(StoreError, match=r"notes\.docx is not a project file"):
        Store(path)
    assert path.read_bytes() == b"PK\x03\x04 not a database at all"
    with pytest.raises(StoreError, match="folder"):
        Store(tmp_path)
    with pytest.raises(StoreError, match="does not exist"):
        Store(tmp_path / "nowhere" / "plan.db")


def test_a_newer_schema_is_refused(address: str) -> None:
    first = Store(address)
    first.close()
    engine = sa.create_engine(first.url)
    with engine.begin() as db:
        db.execute(sa.text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="newer program"):
        Store(address)


def test_migrations_make_the_tables_the_program_uses(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store._engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), store._t.metadata) == []
