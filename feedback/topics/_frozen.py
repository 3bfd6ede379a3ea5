"""A fitted model as text and back, so that a round next year is placed by the model of this year."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError
from feedback.topics._context import Context
from feedback.topics._embed import Embedder
from feedback.topics._features import Features, key, spelled
from feedback.topics._gaps import Field, Gaps
from feedback.topics._model import TopicModel

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

WORDS = 50
OURS = ("labels_", "fit_", "stability_", "hierarchy_", "_centroids", "_founders", "_founder_labels")
PLAIN = ("n_topics_", "names_", "unheard_", "ladder_", "_poor", "_anchored")


def freeze(model: TopicModel | Gaps) -> str:
    """Write a fitted model: what places a text, its topics' names, words and stability; no text of anybody.

    Words that two texts or more said are in it: it is as confidential as the topics are.
    """
    if isinstance(model, Gaps):
        body: dict[str, Any] = {
            "kind": "gaps", "weights": Embedder().identity, "seed": model.seed, "names": model.names_, "missed": model.missed_,
            "fitted": len(model.labels_),
            "words": [w[:WORDS] for w in model.words(WORDS)], "stability": [None if s != s else float(s) for s in model.stability_],
            "fields": [{"keys": dict(f.keys), "known": f.known} for f in model.fields],
        }  # fmt: skip
        return json.dumps(body, ensure_ascii=False, sort_keys=True)
    model._check()
    view, embedder = model._view, model.embedder or Embedder()
    arrays = {name: getattr(model, name) for name in OURS} | {"mean": view.mean, "idf": view.idf}
    if view.context is None:
        arrays["axes"] = view.axes
    else:
        said = view.context
        arrays |= {"words": said.words.astype("float16"), "said_mean": said.mean, "mass": said.mass, "middle": said.middle}
    body = {
        "kind": "topics", "weights": embedder.identity, "embedder": str(embedder.model), "arrays": _packed(arrays),
        "columns": list(view.columns), "n_topics": model.n_topics, "seed": model.seed, "steady": model.steady,
        "scored": [s[:WORDS] for s in model._scored], "guided": sorted(model.guided_.items()),
        "plain": {name: getattr(model, name) for name in PLAIN},
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def thaw(text: str) -> TopicModel | Gaps:
    """Read a frozen model; it places texts as the one that was frozen did.

    Raises FeedbackError where the weights of the embedder are others now, or this is no frozen model.
    """
    try:
        body = json.loads(text)
        kind, weights = body["kind"], body["weights"]
    except (ValueError, TypeError, KeyError):
        raise FeedbackError("this is no frozen model of topics: discover them anew.") from None
    embedder = Embedder(body["embedder"]) if kind == "topics" and body["embedder"] != "static" else Embedder()
    if weights != embedder.identity:
        raise FeedbackError("the topics were found with other weights than these: discover them anew to follow them.")
    return _gaps(body) if kind == "gaps" else _topics(body, embedder)


def forget(text: str, said: Collection[str]) -> str:
    """Write a frozen model without the words that nobody is kept saying: those not among `said`."""
    model = thaw(text)
    families = {key(w) for w in said}
    if isinstance(model, Gaps):
        model.fields = [Field({k: w for k, w in f.keys.items() if k in families}, f.known) for f in model.fields]
        model._words = [[w for w in ws if w in said] for ws in model._words]
        model.names_ = [n if not _lost(n, said) else ", ".join(ws[:3]) for n, ws in zip(model.names_, model._words, strict=True)]
        return freeze(model)
    view = model._view
    kept = [i for i, w in enumerate(view.columns) if w in families]
    view.columns = {w: i for i, w in enumerate(w for w in view.columns if w in families)}
    view.idf, view.axes = view.idf[kept], view.axes[:, kept]
    if view.context is not None:
        view.context = replace(view.context, words=view.context.words[kept], mass=view.context.mass[kept])
    model._founders, model._founder_labels = model._founders[:0], model._founder_labels[:0]  # one row a text, gone or not
    model._scored = [[(w, s) for w, s in scored if w in said] for scored in model._scored]
    own = set(model.guided_)
    model.names_ = [
        n if t in own or not _lost(n, said) else ", ".join(w for w, _ in model._scored[t][:3])
        for t, n in enumerate(model.names_)
    ]
    return freeze(model)


def _lost(label: str, said: Collection[str]) -> bool:
    from feedback.topics._words import split

    return any(w not in said for w in split(label))


def _gaps(body: dict[str, Any]) -> Gaps:
    import numpy as np

    model = Gaps(None, seed=body["seed"])
    model.fields = [Field(f["keys"], f["known"]) for f in body["fields"]]
    model.names_, model._words, model.missed_ = body["names"], body["words"], body["missed"]
    model.stability_ = np.asarray([np.nan if s is None else s for s in body["stability"]])
    model.n_topics_ = len(model.fields)
    model.labels_ = np.full(body["fitted"], -1)  # which unit lay where stands in the topics
    return model


def _topics(body: dict[str, Any], embedder: Embedder) -> TopicModel:
    model = TopicModel(body["n_topics"], body["seed"], embedder=None if body["embedder"] == "static" else embedder)
    model.steady = body["steady"]
    arrays = _unpacked(body["arrays"])
    for name in OURS:
        setattr(model, name, arrays[name])
    for name, value in body["plain"].items():
        setattr(model, name, value)
    model._poor, model.unheard_ = tuple(model._poor), tuple(model.unheard_)
    model.ladder_ = tuple((r, t, s) for r, t, s in model.ladder_)
    model._scored = [[(w, s) for w, s in scored] for scored in body["scored"]]
    model.guided_ = {t: n for t, n in body["guided"]}
    columns = {w: i for i, w in enumerate(body["columns"])}
    context = None
    if "words" in arrays:
        context = Context(arrays["words"].astype("float32"), arrays["said_mean"], arrays["mass"], arrays["middle"])
    axes = spelled(list(columns)) if context is not None else arrays["axes"]
    model._view = Features(embedder, arrays["mean"], columns, arrays["idf"], axes, context)
    model.drift_, model.refit_advised_, model._new = 0.0, False, (0, 0)
    return model


def _packed(arrays: dict[str, Array]) -> str:
    import numpy as np

    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return base64.b64encode(out.getvalue()).decode()


def _unpacked(text: str) -> dict[str, Array]:
    import numpy as np

    with np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False) as npz:
        return {name: npz[name] for name in npz.files}

