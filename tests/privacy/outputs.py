"""Every public output there is, and what it is: data for `test_every_output.py`, which fails where one is missing here.

`figures`: shows counts of what was said to whoever is handed it: the attacker scrapes it (`scrapers.py`). `working`: holds units,
codings or unsuppressed counts for those who work on the project, and says so. `host`: one session's own page, for its host and
those who code or keep the gate. `words`: units in their place, without any code beside them. `none`: nothing of what was said.
"""

# ruff: noqa: E501
from __future__ import annotations

FIGURES, WORKING, HOST, WORDS, NONE = "figures", "working", "host", "words", "none"


def _split(**kinds: str) -> dict[str, str]:
    return {name: kind for kind, names in kinds.items() for name in names.split("; ") if name}


COMMANDS = _split(
    figures="archive brief; archive themes; brief; contrast; crosswalk; look; needs join; needs list; needs part; needs propose; "
            "rounds compare; sheet; themes; demo",
    working="archive discover; archive export; check; discover; export; learn; log; review; tag; topics; topics list; "
            "topics rounds; topics show",
    words="quote",
    none="add; archive add; archive decide; archive groups; archive screen; archive tag; archive withdraw; backup; bring; "
         "codebook check; codebook show; codebook use; consent; contacts set; contacts show; import; purge; restore; retention; "
         "roster; rounds freeze; screen; serve; sign; take; thresholds; topics accept; topics drop; topics merge; topics rename; "
         "topics split; verify",
)  # fmt: skip
LOOKS = _split(
    figures="measures; without-one; next; disagreements; alone; saturation; coverage; strategies; spread", working="matrix",
    none="releases",
)  # fmt: skip
SHEETS = _split(figures="needs; statements; decisions; quotes; answers", working="matrix")
BRIEFS = _split(figures="full; board; slides; report-back", host="session")
ROUTES = _split(
    figures="/; /needs; /needs/{need}; /themes; /grid; /plan; /jobs/{job:int}/file; /brief",
    working="/code; /code/lay; /code/undo; /code/memo; /code/compare; /code/settle; /topics; /topics/undo; /topics/{topic:int}; /log",
    host="/sessions/{session}/summary",
    words="/search; /quote; /sessions/{session}",
    none="/setup; /signin; /second; /me; /signout; /language/{language}; /welcome/{secret}; /people; /settings; /upload; "
         "/upload/part; /notes; /jobs/{job:int}; /jobs/{job:int}/state; /jobs/{job:int}/cancel; /jobs/{job:int}/again; "
         "/sessions/{session}/roles; /sessions/{session}/withdraw; /receipts/{number:int}; /gate; /gate/reveal; /gate/decide; "
         "/certificates; /start/{kind}",
)  # fmt: skip
MEMBERS: dict[str, dict[str, str]] = {
    "Project": _split(
        figures="brief; compare; contrast; coverage; crosswalk; crosswalk_or_none; join_needs; part_need; proposed_joins; sheet; themes",
        working="codings; counted; discover; export; follow; learn; log; matrix; propose; proposed; review; sample; tag; tag_locally; "
                "topic_rounds; topics; accept_topic; keep_topics; import_codings; take_in; code; tagged; beside; memos; printable",
        words="corpus; quote; add",
        none="allowed; audited; back_up; bring; certificate; close; codebook; contacts; context; decide; due; forget_original; freeze; "
             "guard; joins; judge; judged; note; plan; plans; purge; read_over; releases; reopen; replacements; restore; retention; "
             "reveal; rounds; screen; set_consent; set_contacts; set_retention; set_settings; settings; sign_quote; signed; "
             "take_codebook; take_sheet; targets; tell; use_codebook; use_plan; use_roster; verify; withdraw; kept_back",
    ),
    "Themes": _split(
        figures="account; disagreements; fingerprint; frame; leave_one_out; measures; next_session; only; only_adults_about_youth; "
                "recurring; heard_once; saturation; values; having",
        working="assets; codings; corpus; refusals",
        none="by; codebook; columns; groups; joined; private; rule; settings; unscreened",
    ),
    "Theme": _split(
        figures="all; cells; recurring; voiced",
        working="assets; barriers; experiences; loudest; measures; mentions; needs; not_a_problem; quotable; recommendations; refs; "
                "refusals; reported; sessions; stands_without; together",
        none="code; codes; id",
    ),
    "Needs": _split(
        figures="appendix; frame; gaps; strategies; thin_strategies; unasked_strategies; values", none="beside; plan; themes",
    ),
    "Contrast": _split(figures="frame; rows; worth_discussing", none="between; confounds"),
    "Rounds": _split(figures="changed; counted_otherwise; frame; notes; rows", none="extra; name"),
    "Coverage": _split(figures="frame; missing; rows"),
    "Indicators": _split(figures="beside", none="columns; key; load; name; parse; rows"),
    "Matrix": _split(working="cells; domains; edited; frame; left_out; sessions; written"),
    "Topics": _split(
        working="accept; base; codes; codings; drop; frame; history; homes; merge; method; model; name; only_said; rename; seed; "
                "sessions; split; tag; units; unscreened",
    ),
    "Picture": _split(figures="save; svg"),
    "Review": _split(working="codings; coverage; disagreements; frame; rows; uncoded"),
    "Brief": _split(figures="page; render; save", none="needs"),
    "Archive": _split(
        working="coding_parts; codings; column; corpus; discover; embed; findings; frame; groups; parts; places; read_parts; resolve; "
                "topics_frame; vectors; tag",
        none="add; close; decide; screen; withdraw",
    ),
}  # fmt: skip
