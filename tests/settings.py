"""Settings of the tests: the same, on a cluster of their own that may forget (fsync off) and is kept between runs.

Several runs at once each take one of their own: what is passed on waits for the transactions of a whole cluster.
"""

import os

# Tests ask the sources, unless they are told to ask what was compiled from them.
os.environ.setdefault("REGULARS_COMPILED", "")

from regulars.project.place import CHECKOUT
from regulars.project.postgres.access import APPLICATION, OWNER, address
from regulars.project.postgres.layout import layout
from regulars.project.postgres.locks import take

_folder = CHECKOUT / ".data" / "tests"
_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
_free = ((number, take(_folder / f"run-{number}")) for number in range(1, 100))
_run, _lock_kept_until_exit = next((number, lock) for number, lock in _free if lock is not None)

TEST_CLUSTER = layout(_folder, f"postgres-{_run}", durable=False)
TEST_DATABASE = "regulars_tests"
os.environ["REGULARS_DATA"] = str(_folder)
os.environ["DATABASE_URL"] = address(TEST_CLUSTER, APPLICATION, TEST_DATABASE)
os.environ["DATABASE_OWNER_URL"] = address(TEST_CLUSTER, OWNER, TEST_DATABASE)

from regulars.project.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The server looks a connection over at each request; a test's connection lives in its transaction.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
# What one test tried is none of the next one's; that processes count together is in tests/console/test_entry.py.
CACHES = {name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"} for name in ("default", "process")}
