"""What takes long on a large table: an index, and the check of a constraint against old rows."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """Neither keeps anybody from reading or declaring meanwhile."""

    atomic = False

    dependencies = [("registry", "0004_locations")]

    operations = [
        AddIndexConcurrently(
            model_name="declaration",
            index=models.Index(
                condition=models.Q(("location__isnull", False)),
                fields=["location"],
                name="declaration_of_location",
            ),
        ),
        ValidateConstraint(
            model_name="declaration", name="declaration_scope_has_one_target"
        ),
    ]
