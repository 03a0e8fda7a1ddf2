"""The job worker's process: `python -m regulars.project.worker`, a child of `regulars serve`."""

import os

from regulars.project.children import end_with_parent
from regulars.project.cycles import search_rarely
from regulars.project.database import database_running

# What a job may still do after we were asked to stop; then it is left for the next worker.
GRACE_SECONDS = 5
# While a plan is worked out, of which there is one at a time, time's own work goes on beside it.
AT_ONCE = 2


def main() -> None:
    import django

    end_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")
    with database_running():
        django.setup()
        from procrastinate.contrib.django import app

        search_rarely()
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(concurrency=AT_ONCE, shutdown_graceful_timeout=GRACE_SECONDS, delete_jobs="successful")


if __name__ == "__main__":
    main()
