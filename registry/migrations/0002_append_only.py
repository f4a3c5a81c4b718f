"""Makes the database itself refuse to change what was said."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Triggers on the log and on every row that a decision reads."""

    dependencies = [("registry", "0001_record")]

    operations = [
        migrations.RunSQL((SQL / "append_only_log.sql").read_text()),
        migrations.RunSQL((SQL / "append_only_record.sql").read_text()),
    ]
