"""The web app: facilitators upload, plan authors read. Pages are made on this machine and ask no other."""

from feedback.web._serve import create_app, serve

__all__ = ["create_app", "serve"]
