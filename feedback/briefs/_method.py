"""The reporting checklists COREQ (32 items) and SRQR (21): filled where the project knows, prompts where a person must."""

from __future__ import annotations

from collections.abc import Iterator

from feedback.briefs._claims import Ledger, recount
from feedback.briefs._page import Block, Inline, Link, Mark, Paragraph, Table, plain
from feedback.briefs._words import LANGUAGES, join
from feedback.plan import Needs

COREQ = (
    ("1", "Who led the sessions", "who facilitated, by role"),
    ("2", "Credentials", "facilitators' qualifications"),
    ("3", "Occupation", "what facilitators did at the time"),
    ("4", "Gender", "of the facilitators, as far as they wish to say"),
    ("5", "Experience and training", "with listening to young people and survivors"),
    ("6", "Relationship before the sessions", "whether facilitators and participants knew one another"),
    ("7", "What participants knew of the facilitators", "what they were told about who asks, and why"),
    ("8", "Facilitators' interests and biases", "what they brought with them"),
    ("9", "Approach", "the approach that guided the analysis"),
    ("10", "Sampling", "how people were chosen"),
    ("11", "How people were invited", "in person, by letter, through a host"),
    ("12", "Sample size", ""),
    ("13", "Who did not take part", "how many declined or left, and why"),
    ("14", "Setting", "kinds of places, never the place itself"),
    ("15", "Others present", "hosts, interpreters, support people"),
    ("16", "Description of the sample", ""),
    ("17", "Guide", ""),
    ("18", "Repeat sessions", "whether any group met more than once"),
    ("19", "Recording", ""),
    ("20", "Notes", ""),
    ("21", "Duration", "how long sessions lasted"),
    ("22", "Saturation", ""),
    ("23", "Transcripts returned", "whether notes went back to participants for correction"),
    ("24", "Number of coders", ""),
    ("25", "Coding tree", ""),
    ("26", "Where themes come from", ""),
    ("27", "Software", ""),
    ("28", "Participant checking", ""),
    ("29", "Quotations", ""),
    ("30", "Consistency of data and findings", ""),
    ("31", "Major themes", ""),
    ("32", "Minor themes", ""),
)
SRQR = (
    ("S1", "Title", ""),
    ("S2", "Abstract", ""),
    ("S3", "Problem", "why this was asked now"),
    ("S4", "Purpose", ""),
    ("S5", "Approach and paradigm", "the approach that guided the analysis"),
    ("S6", "Researchers and reflexivity", "who analysed, and what they brought with them"),
    ("S7", "Context", "the setting, and what else was going on"),
    ("S8", "Sampling strategy", "how people were chosen, and when it was enough"),
    ("S9", "Ethics", "review, consent and protection of minors"),
    ("S10", "Data collection", ""),
    ("S11", "Instruments", ""),
    ("S12", "Units of study", ""),
    ("S13", "Data processing", ""),
    ("S14", "Data analysis", ""),
    ("S15", "Trustworthiness", ""),
    ("S16", "Synthesis", ""),
    ("S17", "Links to the data", ""),
    ("S18", "Links to earlier work", "what earlier plans and reports said"),
    ("S19", "Limitations", ""),
    ("S20", "Conflicts of interest", "interests of those who listened and analysed"),
    ("S21", "Funding", "who paid, and what say they had"),
)


def checklists(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    """Both checklists as tables; facts that people keep in the project (`coreq.5`, `srqr.S9`) go in as written."""
    known = {**_coreq(needs, ledger), **_srqr(needs, ledger)}
    empty = sum(f"{k}.{i}" not in needs.beside.facts and i not in known for k, r in (("coreq", COREQ), ("srqr", SRQR)) for i, *_ in r)
    yield Paragraph((
        "Two checklists that reviewers of qualitative work ask for. What the project knows is filled in; "
        + ("nothing is left to fill in." if not empty else "the items that only people know are left as prompts."),
    ))  # fmt: skip
    for name, key, rows in (("COREQ", "coreq", COREQ), ("SRQR", "srqr", SRQR)):
        made = tuple(((f"{i}. {what}",), _filled(f"{key}.{i}", known.get(i), prompt, needs)) for i, what, prompt in rows)
        yield Table(f"{name}, item by item", ("Item", "In this project"), made, widths=(0.34, 0.66))


def _filled(key: str, known: Inline | None, prompt: str, needs: Needs) -> Inline:
    fact = needs.beside.facts.get(key, "")
    if known and plain(known):
        return (*known, f" {fact}") if fact else known
    return (fact,) if fact else (Mark("To fill in: "), prompt or "see the report")


def _coders(needs: Needs) -> str:
    taggers = {c.tagger for c in needs.themes.codings}
    people = sorted(t.split(":", 1)[1].split("@")[0] for t in taggers if t.startswith("human"))
    machines = sorted(t for t in taggers if not t.startswith("human"))
    said = [f"{len(people)} people" if len(people) > 1 else "one person"] if people else []
    if machines:
        said.append(f"the program's own taggers ({join(machines)})")
    who = join(said) or "nobody"
    return f"{who[:1].upper()}{who[1:]}" + ("" if people else "; no person has reviewed the codes yet") + "."


def _coreq(needs: Needs, ledger: Ledger) -> dict[str, Inline]:
    themes = needs.themes
    heads = recount(needs, "people:all") is not None
    size: Inline = (ledger.number("sessions:all"), " sessions", *((", ", ledger.number("people:all"), " people.") if heads else (".",)))
    asked = any(s.guide or any(t.kind == "prompt" for t in s.turns) for s in themes.corpus)
    consent = "Quotes are printed only where the session allowed it, as exact spans, with the widest label that passes the people check."
    answered = len(needs.beside.answers)
    return {
        "9": ("Codes from a codebook assigned to units, themes counted by session (framework-style, deductive, with proposed codes "
              "from topic models for what the codebook does not cover).",),
        "12": size,
        "16": ("See ", Link("Who we heard from", "who"), "; audiences, languages and areas only, no personal data."),
        "17": ("Questions and headings were kept apart and never counted." if asked else "No guide was recorded.",),
        "19": (ledger.number("sessions:recorded"), " sessions were recorded or captioned."),
        "20": ("The other sessions are known from notes; note-takers' own remarks are never counted.",),
        "22": ("See the curve in ", Link("How we listened and counted", "how"), "."),
        "24": (_coders(needs),),
        "25": ("The codebook with frequencies is in the appendix.",),
        "26": ("From the codebook; what it does not cover was proposed by topic models for people to name, merge or drop.",),
        "27": ("feedback, on one machine, without any outside service.",),
        "28": (f"Answers on {answered} points came back: see What happens next." if answered
               else "A one-page report goes back to participants with boxes to say whether it is right; no answers are in yet.",),
        "29": (consent,),
        "30": ("Every number and quote resolves to the units behind it and is counted again by the command feedback verify.",),
        "31": ("See ", Link("Recurring needs", "needs"), "."),
        "32": ("What was heard less often is listed in an appendix; what people said no to has a section of its own.",),
    }  # fmt: skip


def _srqr(needs: Needs, ledger: Ledger) -> dict[str, Inline]:
    themes = needs.themes
    months = sorted(s.month for s in themes.corpus if s.month)
    when = f"{months[0]} to {months[-1]}" if months else "months not stated"
    spoken = join([LANGUAGES.get(x, x) for x in sorted({x for s in themes.corpus for x in s.languages})])
    gate = "not passed (a researcher's own view)" if themes.unscreened else "passed before anything was counted"
    return {
        "S1": ("On the first page.",),
        "S2": ("See ", Link("What we heard, at a glance", "glance"), "."),
        "S4": (f"To find the needs that recur across listening sessions and set them against {needs.plan.name}.",),
        "S10": (f"Listening sessions, {when}, in {spoken or 'languages not stated'}; recordings, captions and notes.",),
        "S11": ("Notes, captions and transcripts as the facilitators kept them; the questions asked are kept with each session.",),
        "S12": (ledger.number("sessions:all"), " sessions; ", ledger.number("account:units"), " units, each a turn, bullet or note."),
        "S13": (f"Identifiers were replaced and doubtful units held out: the privacy gate was {gate}.",),
        "S14": ("See ", Link("How we listened and counted", "how"), "."),
        "S15": ("Each need is checked for resting on its loudest session; codes, numbers and quotes can be opened and recounted; every "
                "change is in a chained log.",),
        "S16": ("See ", Link("Recurring needs", "needs"), " and ", Link("From needs to plan", "plan"), "."),
        "S17": ("Quotes and addresses under each need; sources at the end.",),
        "S19": ("See ", Link("Who we heard from, and who we did not", "who"), ". Notes hold less than recordings; groups are small and "
                "are set side by side, not tested."),
    }  # fmt: skip
