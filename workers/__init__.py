"""The only place that knows Celery."""

from workers.app import app

__all__ = ["app"]
