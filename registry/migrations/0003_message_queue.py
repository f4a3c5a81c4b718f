"""Installs what the embedded deployment shares a database with: the message queue, the cache."""

from django.db import migrations
from pgmq.install import get_embedded_install_sql

CACHE = """
CREATE TABLE IF NOT EXISTS cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS cache_expires ON cache (expires);
"""


def install_queue(apps, schema_editor):
    """Install PGMQ as plain SQL, unless the server has it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta')")
        if cursor.fetchone() == (None,):
            cursor.execute(get_embedded_install_sql())


class Migration(migrations.Migration):
    """PGMQ for Celery, and the table of the shared cache."""

    dependencies = [("registry", "0002_append_only")]

    operations = [
        migrations.RunPython(install_queue, migrations.RunPython.noop),
        migrations.RunSQL(CACHE, "DROP TABLE cache"),
    ]
