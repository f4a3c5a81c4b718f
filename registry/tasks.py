"""What Celery does for the record; every task is only a nudge to look at the rows."""
