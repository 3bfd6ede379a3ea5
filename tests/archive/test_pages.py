"""What an archive gives as one whole stays on disk, and findings and briefs made of it are those of the whole in memory."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import pytest

import feedback
from feedback.archive import Archive, _inputs, _pages
from feedback.errors import StoreError

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "corpora" / "demo"


@pytest.fixture
def kept(small, book, tmp_path):
    (tmp_path / "files").mkdir()
    for path in sorted(DEMO.glob("LS-*"))[:9]:
        shutil.copy(path, tmp_path / "files" / path.name)
    with Archive(tmp_path / "a", workers=1) as kept:
        kept.add(tmp_path / "files")
        kept.screen(context=False)
        kept.tag(book, taggers=["rules"])
        yield kept


def brief_of(codings, out):
    needs = feedback.crosswalk(feedback.summarize(codings, by="audience"), DEMO / "plan.yaml")
    feedback.brief(needs).save(out)
    return out.read_bytes()


def test_a_brief_of_pages_is_the_brief_of_the_whole(kept, book, tmp_path):
    audit = feedback.screen(feedback.read(tmp_path / "files"), context=False, key=kept._key())
    whole = feedback.tag(audit.apply(), book, taggers=["rules"])
    lazy = kept.codings()
    assert isinstance(lazy.values, _pages.Values)
    assert all(isinstance(s.turns, _pages.Turns) for s in lazy.corpus)
    assert (len(lazy), lazy.account()) == (len(whole), whole.account())
    assert feedback.summarize(lazy).frame().equals(feedback.summarize(whole).frame())
    assert brief_of(lazy, tmp_path / "lazy.html") == brief_of(whole, tmp_path / "whole.html")
    assert lazy.frame().equals(whole.frame())
    assert lazy.units().equals(whole.units())


def test_few_parts_are_in_memory_and_each_is_read_about_once_a_walk(kept, monkeypatch):
    loads = []
    read = _pages.unpack_corpus
    monkeypatch.setattr(_pages, "unpack_corpus", lambda path: (loads.append(path), read(path))[1])
    monkeypatch.setattr(_pages, "NEAR", 2)
    codings = kept.codings()
    parts = len(list(kept.parts()))
    loads.clear()
    units = list(codings.corpus.segments(everyone=True, withheld=True))
    assert len(loads) == parts > 3
    assert len(codings.corpus.values[0].turns._pages._near) == 2
    loads.clear()
    assert codings.corpus.resolve(units[3].ref).text == units[3].text
    assert len(loads) == 1


def test_a_session_over_several_parts_is_read_piece_by_piece(small, monkeypatch, tmp_path):
    monkeypatch.setattr(_inputs, "WHOLE", 1000)
    rows = [json.dumps({"text": f"the bus was late {i}", "speaker": "P1"}) for i in range(200)]
    (tmp_path / "LS-Y01.jsonl").write_text("\n".join(rows), encoding="utf-8")
    with Archive(tmp_path / "a", workers=1) as kept:
        assert kept.add(tmp_path / "LS-Y01.jsonl").parts > 2
        kept.screen(context=False)
        (session,) = kept.corpus()
        turns = session.turns
        assert [t.index for t in turns] == list(range(200))
        assert [t.text for t in turns[70:73]] == [f"the bus was late {i}" for i in (70, 71, 72)]
        assert turns[-1].text.endswith("199")
        with pytest.raises(IndexError):
            turns[200]
        assert pickle.loads(pickle.dumps(session)) == session
        assert pickle.loads(pickle.dumps(session)).turns == tuple(turns)


def test_codings_whose_order_jumps_between_parts_are_read_at_once(kept, monkeypatch):
    monkeypatch.setattr(_pages, "NEAR", -100)
    assert isinstance(kept.codings().values, tuple)


def test_a_changed_archive_is_said_to_be_changed(kept, tmp_path):
    corpus = kept.corpus()
    (tmp_path / "files" / sorted(p.name for p in (tmp_path / "files").iterdir())[0]).unlink()
    kept.add(tmp_path / "files")
    kept.screen(context=False)
    with pytest.raises(StoreError, match="changed since"):
        list(corpus.segments())
