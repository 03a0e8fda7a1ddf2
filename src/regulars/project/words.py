"""Django's settings where only its languages are wanted: for verbs that need no database, and should start at once."""

import os

from regulars.project.place import CHECKOUT

COMMAND = os.environ.get("REGULARS_COMMAND", "regulars")
INSTALLED_APPS: list[str] = []
USE_I18N = True
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [CHECKOUT / "src/regulars/locale"]
