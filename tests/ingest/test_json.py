"""JSON exports: every shape told apart, times in seconds, speakers where there are any."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feedback.corpus import Session
from feedback.ingest import read

A, B = "The bus stops at six.", "Ours never came. Not once."


def words(text: str, start: float, **more: Any) -> list[dict[str, Any]]:
    return [
        {"word": w.strip(".").lower(), "punctuated_word": w, "start": start + i, "end": start + i + 0.5, **more}
        for i, w in enumerate(text.split())
    ]


def aws() -> dict[str, Any]:
    items, segments = [], []
    for n, text in enumerate((A, B)):
        inside = []
        for i, word in enumerate(text.split()):
            start = str(float(n * 10 + i))
            items.append(
                {
                    "type": "pronunciation",
                    "start_time": start,
                    "end_time": str(n * 10 + i + 0.5),
                    "alternatives": [{"content": word.strip(".")}],
                }
            )
            inside.append({"start_time": start, "speaker_label": f"spk_{n}"})
            if word.endswith("."):
                items.append({"type": "punctuation", "alternatives": [{"content": "."}]})
        segments.append({"speaker_label": f"spk_{n}", "items": inside})
    return {
        "jobName": "x",
        "results": {
            "transcripts": [{"transcript": f"{A} {B}"}],
            "items": items,
            "speaker_labels": {"segments": segments},
        },
    }


SHAPES: dict[str, tuple[Any, tuple[str | None, str | None]]] = {
    "whisperx": (
        {
            "segments": [
                {"start": 0.0, "end": 4.0, "text": f" {A}", "speaker": "SPEAKER_00"},
                {"start": 10.0, "end": 12.0, "text": B, "speaker": "SPEAKER_01"},
            ]
        },
        ("SPEAKER_00", "SPEAKER_01"),
    ),
    "whisper": (
        {
            "text": f"{A} {B}",
            "segments": [
                {"id": 0, "start": 0.0, "end": 4.0, "text": f" {A}"},
                {"id": 1, "start": 10.0, "end": 12.0, "text": f" {B}"},
            ],
            "language": "en",
        },
        (None, None),
    ),
    "whisper.cpp": (
        {
            "transcription": [
                {"offsets": {"from": 0, "to": 4000}, "text": f" {A}"},
                {"offsets": {"from": 10000, "to": 12000}, "text": f" {B}"},
            ]
        },
        (None, None),
    ),
    "assemblyai": (
        {
            "utterances": [
                {"speaker": "A", "start": 0, "end": 4000, "text": A},
                {"speaker": "B", "start": 10000, "end": 12000, "text": B},
            ],
            "text": "x",
        },
        ("Speaker A", "Speaker B"),
    ),
    "deepgram": (
        {
            "results": {
                "utterances": [
                    {"speaker": 0, "start": 0.0, "end": 4.0, "transcript": A},
                    {"speaker": 1, "start": 10.0, "end": 12.0, "transcript": B},
                ]
            }
        },
        ("Speaker 0", "Speaker 1"),
    ),
    "deepgram words": (
        {
            "results": {
                "channels": [
                    {"alternatives": [{"transcript": "x", "words": words(A, 0, speaker=0) + words(B, 10, speaker=1)}]}
                ]
            }
        },
        ("Speaker 0", "Speaker 1"),
    ),
    "aws": (aws(), ("spk_0", "spk_1")),
    "cdp": (
        {
            "sentences": [
                {"text": A, "start_time": 0.0, "end_time": 4.0, "speaker_name": "Ana Ruiz"},
                {"text": B, "start_time": 10.0, "end_time": 12.0, "speaker_name": "Ben Ode"},
            ]
        },
        ("Ana Ruiz", "Ben Ode"),
    ),
    "turns": (
        {
            "session": "LS-Y07",
            "month": "2025-03",
            "turns": [
                {"speaker": "P1", "text": A, "start": "00:00:00"},
                {"speaker": "P2", "text": B, "start": "00:00:10"},
            ],
        },
        ("P1", "P2"),
    ),
    "list": ([{"speaker": "P1", "text": A, "start": 0}, {"speaker": "P2", "text": B, "start": 10}], ("P1", "P2")),
    "rev": (
        {
            "monologues": [
                {"speaker": 0, "elements": [{"type": "text", "value": A, "ts": 0}]},
                {"speaker": 1, "elements": [{"type": "text", "value": B, "ts": 10}]},
            ]
        },
        ("Speaker 0", "Speaker 1"),
    ),
}


def one(tmp_path: Path, value: Any, name: str = "x.json") -> Session:
    path = tmp_path / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return read(path).values[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(tmp_path: Path, shape: str) -> None:
    value, speakers = SHAPES[shape]
    s = one(tmp_path, value)
    assert [t.text for t in s.turns] == [A, B]
    assert tuple(t.speaker.label for t in s.turns) == speakers
    assert all(t.verbatim and t.kind == "speech" and t.role == "participant" for t in s.turns)
    if shape != "rev":
        assert [t.start for t in s.turns] == [0.0, 10.0]


def test_segments_without_speakers_become_paragraphs_by_pauses(tmp_path: Path) -> None:
    segments = [
        {"start": i * 3.0, "end": i * 3.0 + 3.0, "text": f"This is sentence number {i} of the talk."} for i in range(30)
    ]
    segments[20:] = [{**x, "start": x["start"] + 5, "end": x["end"] + 5} for x in segments[20:]]
    s = one(tmp_path, {"segments": segments})
    assert " ".join(t.text for t in s.turns) == " ".join(x["text"] for x in segments)
    assert 3 <= len(s.turns) <= 6
    assert any(t.start == 65.0 for t in s.turns)
    assert {t.speaker.label for t in s.turns} == {None}


def test_consult_responses(tmp_path: Path) -> None:
    rows = [{"themefinder_id": i, "text": f"Answer {i} about the bus."} for i in (1, 2)]
    s = one(tmp_path, "\n".join(json.dumps(r) for r in rows), "responses.jsonl")
    assert [(t.speaker.label, t.kind, t.verbatim) for t in s.turns] == [("R1", "speech", True), ("R2", "speech", True)]


def test_our_own_frame_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "LS-Y01.txt"
    path.write_text(
        (
            "Session LS-Y01 | March 2025 | Youth | English | 8 people\n\nFacilitator: What is hard?\nP1: The bus.\nP2: "
            "same\nNT: 2 nods\nP3: Rent.\n"
        ),
        encoding="utf-8",
    )
    first = read(path)
    back = one(tmp_path, first.frame().to_json(orient="records"))
    columns = ["index", "speaker", "role", "kind", "verbatim", "agreement", "text"]
    wanted = first.frame()[columns].astype(object).where(lambda x: x.notna(), None)
    import feedback.corpus as c

    got = c.Corpus((back,)).frame()[columns].astype(object).where(lambda x: x.notna(), None)
    assert got.to_dict("records") == wanted.to_dict("records")
    assert back.id == "LS-Y01"


def test_a_bad_line_of_jsonl_is_told_and_the_rest_read(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(
        '{"speaker": "P1", "text": "one thing"}\n{"speaker": \n{"speaker": "P2", "text": "another"}\n', encoding="utf-8"
    )
    corpus = read(path)
    assert len(corpus.values[0].turns) == 2
    assert [(p.place, p.blocking) for p in corpus.problems] == [("line 2", False)]
