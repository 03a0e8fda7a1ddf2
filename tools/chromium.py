"""The browser for browser tests: one that is installed, or Debian's, installed here when we may."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
MISSING = (
    "No Chromium or Chrome was found. Install one (Debian, as root: apt-get install chromium fonts-noto-cjk), "
    "or name it in the environment variable CHROMIUM."
)


def find() -> str | None:
    """Path of a browser to drive; CHROMIUM in the environment goes first."""
    named = os.environ.get("CHROMIUM")
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return named or found or (str(ON_A_MAC) if ON_A_MAC.exists() else None)


def find_or_install() -> str | None:
    return find() or (find() if _install() else None)


def _install() -> bool:
    """Whether Debian's packages could be installed; only root on a system with apt tries."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES])
    return all(subprocess.run(["apt-get", *words], env=env, check=False).returncode == 0 for words in commands)
