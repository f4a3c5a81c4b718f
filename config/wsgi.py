"""What the web server runs."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# After Django is set up. Who asks first must not wait for it.
import_module("consent.selectors.snapshots").open_newest()
