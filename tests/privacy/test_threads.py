"""Units screened by two threads at once are found to hold what they hold."""

import sys
from concurrent.futures import ThreadPoolExecutor

from feedback.privacy._crf import find_learned
from feedback.privacy._tokens import tokens

UNITS = [
    "yesterday Marisela Quintanar told her caseworker that Devontae was late again",
    "ask Ignacio",
    "the bus was late and nobody came, so Priscilla Okonkwo walked home with her brother Tremaine in the rain that night",
]


def test_threads_do_not_read_one_another() -> None:
    cut = [tokens(u) for u in UNITS]
    alone = [[(h.start, h.end, h.score) for h in find_learned(t)] for t in cut]
    assert any(alone)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as many:
            found = list(many.map(lambda k: [(h.start, h.end, h.score) for h in find_learned(cut[k % 3])], range(1500)))
    finally:
        sys.setswitchinterval(before)
    assert found == [alone[k % 3] for k in range(1500)]
