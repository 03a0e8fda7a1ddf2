"""Django's settings. What differs between installations comes from the environment; docs/SETTINGS.md lists it all."""

import os

from regulars.project.database import application_url, django_database, owner_url
from regulars.project.mail import TIMEOUT_SECONDS, mail
from regulars.project.place import CHECKOUT, data_folder, secret_key

DEBUG = False
SECRET_KEY = os.environ.get("REGULARS_SECRET_KEY") or secret_key()
# Names this installation answers to, separated by commas.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, os.environ.get("REGULARS_HOSTS", "").split(","))]

INSTALLED_APPS = [
    "regulars.ledger",
    "regulars.members",
    "regulars.access",
    "regulars.programs",
    "regulars.rewards",
    "regulars.intake",
    "regulars.insight",
    "regulars.segments",
    "regulars.storefront",
    "regulars.api",
    "regulars.console",
    "regulars.portal",
    "regulars.jobs",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "regulars.project.health.probed",
    "regulars.project.observed.observed",
    "regulars.project.packing.PackPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "regulars.project.csp.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "regulars.access.staying.staying",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "regulars.project.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["regulars.storefront.templatetags.figures"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# What must be remembered besides the database. The lake can be made again from it.
DATA_FOLDER = data_folder()

DATABASE_URL = application_url()
DATABASE_OWNER_URL = owner_url()
DATABASES = {"default": django_database(DATABASE_URL)}
# Migrations that take privileges away name this role.
DATABASE_APPLICATION_ROLE = DATABASES["default"]["USER"]
# Wrong passwords are counted in the database, whichever process was asked; wrong keys of machines in each by itself.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_tried",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.Staff"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
# Staff are made by an owner or the terminal, never by signing up; the console routes only signing in and out.
AUTHENTICATION_BACKENDS = ["regulars.access.signing_in.SignIn"]
ACCOUNT_ADAPTER = "regulars.access.signing_in.Account"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]

MFA_ADAPTER = "regulars.access.signing_in.SecondFactor"
MFA_FORMS = {
    "authenticate": "regulars.access.second_codes.Code",
    "reauthenticate": "regulars.access.second_codes.CodeAgain",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
# A code is good for half a minute before and after its own: clocks differ, and people type.
MFA_TOTP_TOLERANCE = 1

DEFAULT_FROM_EMAIL = os.environ.get("REGULARS_MAIL_FROM", "regulars@localhost")
MAIL = mail(os.environ.get("REGULARS_MAIL", ""))
SENDS_MAIL = bool(MAIL.host)
EMAIL_BACKEND, EMAIL_FILE_PATH, EMAIL_TIMEOUT = MAIL.backend, DATA_FOLDER / "mail", TIMEOUT_SECONDS
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.scheme == "smtp+tls", MAIL.scheme == "smtps"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [CHECKOUT / "src/regulars/locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

# Over plain HTTP only on the own machine; REGULARS_HTTPS=1 behind a proxy that ends TLS.
HTTPS = os.environ.get("REGULARS_HTTPS") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Whose word is taken for which client a request comes from.
PROXIES = os.environ.get("REGULARS_PROXIES", "127.0.0.1,::1").split(",")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^health$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
# How long somebody of the staff stays signed in who asks for nothing.
SESSION_COOKIE_AGE = int(os.environ.get("REGULARS_IDLE_HOURS", "12")) * 3600
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS[3:]] if HTTPS else []
X_FRAME_OPTIONS = "DENY"

# What hints tell people to type.
COMMAND = os.environ.get("REGULARS_COMMAND", "regulars")
# Lines for people, or a JSON object for each, of every request too.
LOGS_JSON = os.environ.get("REGULARS_LOG") == "json"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "regulars.observing.logs.Json"},
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json" if LOGS_JSON else "line"}},
    "loggers": {"regulars": {"level": "INFO" if LOGS_JSON else "WARNING"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
