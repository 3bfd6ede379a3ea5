"""Discover what the codebook does not know yet: embeddings, graph clustering, labels, stability."""

from feedback.topics._discover import discover, worth
from feedback.topics._embed import Embedder
from feedback.topics._follow import Round, follow
from feedback.topics._frozen import forget, freeze, thaw
from feedback.topics._kept import from_json, said_in, to_json
from feedback.topics._model import TopicModel
from feedback.topics._pictures import Picture, picture
from feedback.topics._topics import Topic, Topics
from feedback.topics._trace import carry, trace

__all__ = [
    "Embedder", "Picture", "Round", "Topic", "TopicModel", "Topics", "carry", "discover", "follow", "forget", "freeze",
    "from_json", "picture", "said_in", "thaw", "to_json", "trace", "worth",
]  # fmt: skip
