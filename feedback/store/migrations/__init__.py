"""Schema steps, run by Alembic when a project file is opened."""
