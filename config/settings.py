"""Django's settings; every value that a deployment may choose comes from `env`."""

from pathlib import Path

import drf_spectacular_sidecar
from kombu import Exchange, Queue

import config.celery  # noqa: F401  the app that the tasks of every process belong to
from config.beat import TIMETABLE
from config.bootstrap import PROJECT
from config.env import WEB_THREADS, environment
from config.theme import COLORS, favicon, navigation

BASE_DIR = PROJECT
IS_PRODUCTION = environment.is_production
DEBUG = False
SECRET_KEY = environment.secret_key
ALLOWED_HOSTS = environment.allowed_hosts
TRUSTED_PROXIES = environment.trusted_proxies
PUBLIC_URL = environment.public_url
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

REGISTRY_SIGNING_KEYS = environment.signing_keys
REGISTRY_LOG_ORIGIN = environment.log_origin
ADMIN_EMAIL = environment.admin_email
ADMIN_PASSWORD_FILE = environment.state / "admin-password"
SNAPSHOT_FOLDER = environment.state / "snapshots"
MAIL_FOLDER = environment.email.folder if not environment.email.host else None

INSTALLED_APPS = [
    "registry.apps.RegistryConfig",
    "consent.apps.ConsentConfig",
    "unfold.apps.BasicAppConfig",
    "config.admin.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "csp",
]

MIDDLEWARE = [
    "config.middleware.ProxyMiddleware",
    "config.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.uploads.LengthMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": environment.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": environment.cache}

# Accounts
AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "registry.web.accounts.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "registry.web.accounts.SignupForm"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PUBLIC_URL.startswith("https") else "http"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "works"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"

# Mail
EMAIL_BACKEND = environment.email.backend
EMAIL_FILE_PATH = environment.email.folder
EMAIL_HOST = environment.email.host
EMAIL_PORT = environment.email.port
EMAIL_HOST_USER = environment.email.user
EMAIL_HOST_PASSWORD = environment.email.password
EMAIL_USE_TLS = environment.email.use_tls
EMAIL_USE_SSL = environment.email.use_ssl
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.mail_from
SERVER_EMAIL = environment.mail_from

# Static files
STATIC_URL = "static/"
STATIC_ROOT = environment.state / "static"
SIDECAR = Path(drf_spectacular_sidecar.__file__).parent / "static" / "drf_spectacular_sidecar"
STATICFILES_DIRS = [("swagger-ui", SIDECAR / "swagger-ui-dist")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.Storage"},
}

# Security
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_PRODUCTION
SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PRODUCTION else None
CSRF_FAILURE_VIEW = "config.problems.csrf_failure"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8_000
FILE_UPLOAD_HANDLERS = ["config.uploads.NoUploads"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "worker-src": ["'self'"],
    }
}

# The API
WAITING_PLACES = WEB_THREADS // 2  # requests of a process that wait their turn
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["consent.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["consent.api.content.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["consent.api.content.JSONParser"],
    "EXCEPTION_HANDLER": "config.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # `format` is an unknown parameter like any other
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Consent registry",
    "VERSION": "1",
    "DESCRIPTION": "Ask whether a work may be used by AI, keep the receipt, check it without us.",
    "EXTERNAL_DOCS": {"url": "/api/docs/", "description": "The API on one page, with examples"},
    "OAS_VERSION": "3.1.1",
    "SERVERS": [{"url": "/"}],
    "POSTPROCESSING_HOOKS": ["consent.api.v1.schema.add_components"],
}

# Background work
CELERY_BROKER_URL = environment.broker_url
BROKER_OPTIONS = {
    "pgmq": {
        # Without it, PGMQ would take DATABASE_URL even where the broker is another database.
        "conn_string": "postgresql" + CELERY_BROKER_URL.removeprefix("pgmq"),
        "init_extension": False,  # the migration `message_queue` installs it
        "polling_interval": 0.05,
        "wait_time_seconds": 0,
        "visibility_timeout": 900,  # above the longest task
        "pool_size": 2,  # connections of each of the broker pool's
        "pool_timeout": 5,
    },
    "redis": {
        "visibility_timeout": 900,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    },
    "amqp": {"confirm_publish": True},
}
BROKER = next(name for name in BROKER_OPTIONS if CELERY_BROKER_URL.startswith(name))
CELERY_BROKER_TRANSPORT_OPTIONS = BROKER_OPTIONS[BROKER]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_BROKER_POOL_LIMIT = 2
CELERY_BEAT_SCHEDULE = TIMETABLE
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True  # as a new message, so that a deadly task ends
CELERY_TASK_ANNOTATIONS = {"*": {"default_retry_delay": 5}}
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}  # nobody waits for it
CELERY_TASK_DEFAULT_QUEUE = "registry"
CELERY_TASK_QUEUES = [
    Queue(
        "registry",
        # RabbitMQ delays messages of topic exchanges only.
        Exchange("registry", type="topic" if BROKER == "amqp" else "direct"),
        routing_key="registry",
        queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": 10},
    )
]
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # its queue names are too long for PGMQ
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10.0

# Logs: one JSON object a line, never with personal data
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # what is below has its line already
        "_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "celery": {"level": "WARNING"},  # a line a task, every two seconds, tells nothing
    },
}

# The admin's theme
UNFOLD = {
    "SITE_TITLE": "Consent Registry",
    "SITE_HEADER": "Consent Registry",
    "SITE_SYMBOL": "verified",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": favicon}],
    "COLORS": COLORS,
    "SHOW_LANGUAGES": True,
    "SIDEBAR": {"navigation": navigation},
}
