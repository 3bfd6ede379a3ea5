from __future__ import annotations

import numpy as np
import pytest

from feedback.errors import NotInstalled
from feedback.topics import TopicModel
from feedback.topics._peers import Bertopic


def test_a_missing_extra_is_named(texts: list[str], monkeypatch) -> None:
    import feedback.topics._peers as peers

    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    with pytest.raises(NotInstalled, match=r"feedback\[topics\]"):
        TopicModel(2).fit(texts).to_bertopic()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_our_topics_as_a_bertopic(texts: list[str]) -> None:
    pytest.importorskip("bertopic")
    many = texts + [f"{t} again" for t in texts]
    model = TopicModel(n_topics=6).fit(many)
    theirs = model.to_bertopic()
    assert (np.asarray(theirs.topics_) == model.labels_).all()
    info = theirs.get_topic_info()
    assert info["Count"].tolist() == np.bincount(model.labels_).tolist()
    assert theirs.custom_labels_ == model.names_
    assert len(theirs.hierarchical_topics(many)) == model.n_topics_ - 1
    assert theirs.transform(["the bus is late"])[0][0] == model.predict(["the bus is late"])[0]
    assert theirs.visualize_barchart().to_dict()["data"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_real_bertopic_runs(gold) -> None:
    pytest.importorskip("bertopic")
    from feedback.topics import Embedder

    said = [s.text for s in gold.segments()]
    found = Bertopic(None, 0, embedder=Embedder()).fit(said)
    assert len(found.labels_) == len(found.fit_) == len(said)
    assert found.labels_.max() + 1 == found.n_topics_ == len(found.names_) == len(found.words())
    assert ((found.fit_ >= 0) & (found.fit_ <= 1)).all()
