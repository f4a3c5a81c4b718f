"""Which works carry a number of a standard: few do, and every decision on a work asks."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Nobody waits; the index that goes was there twice, the foreign key having one of its own."""

    atomic = False

    dependencies = [("registry", "0005_declarations_at_locations")]

    operations = [
        AddIndexConcurrently(
            model_name="identifier",
            index=models.Index(
                condition=models.Q(("kind__in", ("isbn", "isrc", "iswc", "doi"))),
                fields=["work"],
                name="identifier_number_of_work",
            ),
        ),
        RemoveIndexConcurrently(model_name="identifier", name="identifier_work"),
    ]
