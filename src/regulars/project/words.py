"""Django's settings where only its languages are wanted: for verbs that need no database, and should start at once."""

from regulars.project.place import CHECKOUT

INSTALLED_APPS: list[str] = []
USE_I18N = True
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [CHECKOUT / "src/regulars/locale"]
