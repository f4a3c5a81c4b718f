"""The one timetable of what happens by itself."""

from celery.schedules import crontab

TIMETABLE = {
    "integrate the log": {
        "task": "registry.tasks.integrate_log",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "show that a worker lives": {
        "task": "registry.tasks.beat_heart",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "send the mails that are due": {
        "task": "registry.tasks.send_due_mails",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "remind of declarations that end": {
        "task": "registry.tasks.remind_of_endings",
        "schedule": crontab(minute="7"),
    },
    "forget the sessions that ended": {
        "task": "registry.tasks.forget_sessions",
        "schedule": crontab(minute="41", hour="2"),
    },
    "forget what was counted a day ago": {
        "task": "consent.tasks.forget_meters",
        "schedule": crontab(minute="47", hour="2"),
    },
    "forget the answers kept for a day": {
        "task": "consent.tasks.forget_answers",
        "schedule": crontab(minute="17"),
    },
    "build what batches are answered from": {
        "task": "consent.tasks.build_snapshot",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "remind of keys that end": {
        "task": "consent.tasks.remind_of_key_ends",
        "schedule": crontab(minute="11"),
    },
    "forget who was invited a month ago": {
        "task": "consent.tasks.forget_invitations",
        "schedule": crontab(minute="51", hour="2"),
    },
    "forget what was asked a year ago": {
        "task": "consent.tasks.forget_usage",
        "schedule": crontab(minute="53", hour="2"),
    },
    "verify the log": {
        "task": "registry.tasks.verify_log",
        "schedule": crontab(minute="23", hour="3"),
    },
}
