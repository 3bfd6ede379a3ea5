"""Attack the outputs of the demo project and of corpora of small groups: `python tests/benchmarks/attack_outputs.py [CORPORA]`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "privacy"))

from attackers import DIMENSIONS, WHATS, Evidence, Truth, attack, attack_people, from_page, from_rows
from test_attack_outputs import DEMO, GROUPS, outputs_of
from test_every_output import everything_of, rounds_of

from feedback.briefs import brief
from feedback.findings import summarize
from feedback.project import Project


def demo(folder: Path) -> list[str]:
    """Everything made of the demo: each kind of brief, against both plans, and the tables by every grouping."""
    found = Evidence()
    with Project(folder / "plan.db", who="attacker") as project:
        project.add(DEMO)
        project.use_codebook(DEMO / "codebook.yaml")
        project.tag()
        truth = Truth(summarize(project.codings, private=True))
        for by in DIMENSIONS:
            found.add(from_rows(summarize(project.codings, by=by).frame().to_dict("records"), by, f"table by {by}"))
        for plan in ("plan.yaml", "plan-prevention.yaml"):
            needs = project.crosswalk(DEMO / plan)
            for kind, language in (("full", "en"), ("board", "en"), ("slides", "en"), ("report-back", "en"), ("report-back", "es")):
                page = brief(needs, kind=kind, language=language).render(".html")
                found.add(from_page(page.decode() if isinstance(page, bytes) else page, needs.themes, f"{plan} {kind} {language}"))
    print(f"demo: {len(found.facts)} figures, {len(found.named)} places that name a session")
    hits = attack(found, truth, inside=True, whats=("heard", "needs")) + attack(found, truth, inside=False, whats=WHATS)
    return hits + attack_people(found, truth, GROUPS)


def main(corpora: int = 30) -> None:
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        hits = {"demo": demo(Path(folder))}
    for kind, tried in (("corpus", outputs_of), ("all that is made of corpus", everything_of), ("rounds of corpus", rounds_of)):
        hits |= {f"{kind} {seed}": tried(seed) for seed in range(corpora)}
    for name, found in hits.items():
        for hit in found:
            print(f"{name}: {hit}")
    told = sum(map(len, hits.values()))
    seconds = time.process_time() - started
    print(f"{told} recovered from the demo and {corpora} corpora of small groups; {seconds:.0f} s of processor time")


if __name__ == "__main__":
    main(*(int(x) for x in sys.argv[1:]))
