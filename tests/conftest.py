"""What several tests share: one demo project, built once a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.project import Project

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "corpora" / "demo"


@pytest.fixture(scope="session")
def demo_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The demo sessions, read, screened and tagged; treat it as read-only."""
    project = Project(tmp_path_factory.mktemp("demo") / "plan.db", who="tester")
    project.add(DEMO)
    project.use_codebook(DEMO / "codebook.yaml")
    project.tag()
    project.crosswalk(DEMO / "plan.yaml")
    return project
