"""What has to hold for any text: labels lose nothing, words stay words."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.ingest._captions import Cue, join_cues, seconds
from feedback.ingest._labels import speakers_among, split_label
from feedback.ingest._transcripts import read_transcript_lines
from feedback.ingest._words import agreement_of, echoes, fold, language_of

LINE = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=80)
WORDS = st.lists(st.text("abcdefghijklmnñopqrstuvwxyzáéíóú'", min_size=1, max_size=9), min_size=1, max_size=12).map(
    " ".join
)


def bare(text: str) -> str:
    """Only letters and digits, for comparison."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c.isalnum())


@given(LINE)
def test_the_label_splitter_loses_nothing(line: str) -> None:
    found = split_label(line)
    if found:
        assert bare(found[0] + found[1]) == bare(line)


@given(st.lists(LINE, max_size=8))
def test_speakers_are_among_the_candidates(labels: list[str]) -> None:
    assert speakers_among(labels, lines=len(labels)) <= set(labels)


@given(st.lists(st.tuples(st.sampled_from(["P1", "P2", "Facilitator", "Speaker 3"]), WORDS), min_size=3, max_size=12))
@settings(deadline=None)
def test_every_word_of_a_transcript_comes_back(turns: list[tuple[str, str]]) -> None:
    document = read_transcript_lines([f"{who}: {words}" for who, words in turns])
    assert bare("".join((d.speaker or "") * 0 + d.text for d in document.drafts)) == bare("".join(w for _, w in turns))
    assert [d.speaker for d in document.drafts if d.speaker][:1] == [turns[0][0]]


@given(st.lists(LINE, min_size=1, max_size=20))
@settings(deadline=None)
def test_arbitrary_lines_between_turns_are_kept(lines: list[str]) -> None:
    quiet = [re.sub(r"[:\[\]()\d]", " ", x) for x in lines]
    quiet = [
        x
        for x in quiet
        if not re.search(r"attendees|invited|asistentes|invitados|from .* to|note|nota|nt\b|apuntes|observer", x, re.I)
    ]
    text = ["[00:01] P1: first thing said", *quiet, "[00:02] P2: second thing", "[00:03] P1: third"]
    document = read_transcript_lines(text)
    have = bare(fold(" ".join(d.text for d in document.drafts)))
    for line in quiet:
        if not re.match(r"^[-=_*~·•—–#\s]*$", line):
            assert bare(fold(line)) in have


@given(st.lists(st.tuples(st.sampled_from(["A", "B", None]), WORDS, st.integers(0, 50)), max_size=20))
def test_joining_cues_keeps_words_in_order(cues: list[tuple[str | None, str, int]]) -> None:
    joined = join_cues([Cue(w, speaker=s, start=float(i), end=i + gap / 10) for i, (s, w, gap) in enumerate(cues)])
    assert " ".join(d.text for d in joined) == " ".join(w for _, w, _ in cues)


@given(st.text(max_size=200))
def test_nothing_breaks_the_small_verbs(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert language_of(text) in ("en", "es", "mixed", None)
    count = agreement_of(text)
    assert count is None or count >= 0
    only, number = echoes(text, "before this")
    assert isinstance(only, bool)
    assert number in (None, 1)
    value = seconds(text)
    assert value is None or value >= 0
