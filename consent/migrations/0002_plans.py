"""Gives the quotas that every registry starts with; operators change them in the admin."""

from django.db import migrations

PLANS = [
    {"name": "anonymous", "items": 120, "period_seconds": 60, "burst": 60},
    {"name": "standard", "items": 1_000_000, "period_seconds": 3600, "burst": 200_000},
    {"name": "unlimited", "items": None, "period_seconds": 3600, "burst": 1},
]


def add_plans(apps, schema_editor):
    """Add the plans that are missing."""
    plan = apps.get_model("consent", "Plan")
    for row in PLANS:
        plan.objects.get_or_create(name=row["name"], defaults=row)


class Migration(migrations.Migration):
    """Three plans."""

    dependencies = [("consent", "0001_answer")]

    operations = [migrations.RunPython(add_plans, migrations.RunPython.noop)]
