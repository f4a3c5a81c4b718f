"""Places on the web, the logged events of their control, and declarations about them."""

from pathlib import Path

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import registry.ids
import registry.vocabulary

SQL = Path(__file__).parent / "sql"
PLACES = (
    registry.vocabulary.Scope["URL"],
    registry.vocabulary.Scope["HOST"],
    registry.vocabulary.Scope["DOMAIN"],
)


class Migration(migrations.Migration):
    """Only adds; the wider constraint on declarations is checked against old rows in the next."""

    dependencies = [("registry", "0003_message_queue")]

    operations = [
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.UUIDField(default=registry.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("scope", models.CharField(choices=[(registry.vocabulary.Scope["URL"], "An address"), (registry.vocabulary.Scope["HOST"], "A site"), (registry.vocabulary.Scope["DOMAIN"], "A domain")], max_length=9, verbose_name="kind")),
                ("key", models.BinaryField(max_length=32, verbose_name="key")),
                ("value", models.TextField(verbose_name="place")),
                ("rightsholder", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="locations", to="registry.rightsholder")),
            ],
            options={
                "verbose_name": "location",
                "verbose_name_plural": "locations",
                "indexes": [django.contrib.postgres.indexes.HashIndex(fields=["key"], name="location_key")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("scope__in", PLACES)), name="location_is_a_place"),
                    models.CheckConstraint(condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("key"), 32), name="location_key_is_whole"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LocationEvent",
            fields=[
                ("id", models.UUIDField(default=registry.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[(registry.vocabulary.ControlEvent["SHOWN"], "Control shown"), (registry.vocabulary.ControlEvent["RENEWED"], "Control shown again"), (registry.vocabulary.ControlEvent["SUSPENDED"], "Suspended: control no longer found"), (registry.vocabulary.ControlEvent["RESUMED"], "Resumed: control found again"), (registry.vocabulary.ControlEvent["ENDED"], "Control ended")], max_length=9, verbose_name="event")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("happened_at", models.DateTimeField(verbose_name="happened")),
                ("entry", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.entry")),
                ("location", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="registry.location")),
            ],
            options={
                "verbose_name": "control of a location",
                "verbose_name_plural": "control of locations",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", registry.vocabulary.ControlEvent)), name="location_event_is_known"),
                    models.UniqueConstraint(condition=models.Q(("kind", registry.vocabulary.ControlEvent["SHOWN"])), fields=("location",), name="location_begins_once"),
                    models.UniqueConstraint(condition=models.Q(("kind", registry.vocabulary.ControlEvent["ENDED"])), fields=("location",), name="location_ends_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="declaration",
            name="location",
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="declarations", to="registry.location"),
        ),
        AddConstraintNotValid(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("location__isnull", True), ("scope", registry.vocabulary.Scope["WORK"]), ("work__isnull", False)),
                    models.Q(("location__isnull", True), ("scope", registry.vocabulary.Scope["CATALOGUE"]), ("work__isnull", True)),
                    models.Q(("location__isnull", False), ("scope__in", PLACES), ("work__isnull", True)),
                    _connector="OR",
                ),
                name="declaration_scope_has_one_target",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="declaration",
            name="declaration_scope_has_its_target",
        ),
        migrations.RunSQL((SQL / "append_only_locations.sql").read_text()),
    ]
