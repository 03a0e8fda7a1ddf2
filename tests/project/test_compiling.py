"""What was compiled is used for the very source that it was made of, and for nothing else."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from importlib import import_module
from pathlib import Path
from zipfile import ZipFile

import pytest
import typer

from regulars import compiled
from regulars.project import compiling
from regulars.project.compiling import SOURCES, CompilerFault, Task, compile_, make_one, missing
from tests.installation import eventually

# Whoever has no compiler may run all the rest; the gate of CI that compiles fails without one.
NEEDED = pytest.mark.skipif(missing() is not None, reason=str(missing()))
ASKED = "import sys; sys.path.insert(0, sys.argv[1]); import tale; print(tale.__file__, tale.told(2))"


@pytest.fixture
def there(tmp_path, monkeypatch):
    """A source, and the folder of what is compiled."""
    (tmp_path / "there").mkdir()
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv(compiled.SETTING, str(tmp_path / "there"))
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def task_of(there, text):
    source = there / "tale.py"
    source.write_text(text)
    return Task("tale", str(source), str(there / "there" / compiled.file_of("tale", text.encode())))


def is_there(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def asked(there):
    words = [sys.executable, "-c", f"import regulars; {ASKED}", str(there)]
    file, told = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    return file.endswith(compiled.SUFFIX), told


@NEEDED
def test_what_is_compiled_is_used_until_its_source_changes(there):
    assert make_one(task_of(there, "def told(times):\n    return 'more' * times\n"), str(there / "scratch")) == []
    assert asked(there) == (True, "moremore")
    (there / "tale.py").write_text("def told(times):\n    return 'less' * times\n")
    assert asked(there) == (False, "lessless")


@NEEDED
def test_numbers_stay_of_any_size(there):
    make_one(
        task_of(there, "def told(times: int) -> int:\n    found: int = 10**30\n    return found * times\n"),
        str(there / "scratch"),
    )
    assert asked(there) == (True, str(2 * 10**30))


def test_what_comes_out_of_an_archive_runs_from_its_source(there):
    """As the executors of a cluster have it."""
    task = task_of(there, "def told(times):\n    return 'more' * times\n")
    Path(task.to).write_bytes(b"")
    with ZipFile(there / "packed.zip", "w") as packed:
        packed.write(task.source, "tale.py")
    assert asked(there / "packed.zip") == (False, "moremore")


def test_whoever_removes_the_folder_may_do_so_at_any_time(there):
    task = task_of(there, "def told(times):\n    return 'more' * times\n")
    Path(task.to).write_bytes(b"")
    finder = compiled.Finder(there / "there")
    shutil.rmtree(there / "there")
    assert finder.find_spec("tale", None).origin == task.source


def test_nothing_is_used_where_the_setting_is_empty(there, monkeypatch):
    monkeypatch.setenv(compiled.SETTING, "")
    assert compiled.folder() is None
    with pytest.raises(typer.Exit) as ended:
        compile_()
    assert (ended.value.exit_code, list((there / "there").iterdir())) == (2, [])


@NEEDED
def test_a_module_that_is_not_understood_stays_as_it_is(there):
    task = task_of(there, "def told(:\n")
    assert make_one(task, str(there / "scratch")) == ["tale"]
    assert list((there / "there").iterdir()) == []


@NEEDED
def test_a_source_that_changes_meanwhile_is_not_taken_for_what_it_was(there):
    task = task_of(there, "def told(times):\n    return 'more' * times\n")
    Path(task.source).write_text("def told(times):\n    return 'less' * times\n")
    assert make_one(task, str(there / "scratch")) == ["tale"]
    assert list((there / "there").iterdir()) == []


@NEEDED
def test_what_the_compiler_says_is_told(there, monkeypatch):
    monkeypatch.setattr(compiling, "FLAGS", ("--no-such-flag",))
    with pytest.raises(CompilerFault, match="no-such-flag"):
        make_one(task_of(there, "def told(times):\n    return times\n"), str(there / "scratch"))
    assert list((there / "there").iterdir()) == []


@NEEDED
def test_whoever_stops_it_is_told_how_to_go_on_and_nothing_is_left_running(tmp_path):
    """Ctrl-C goes to all processes of a terminal."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = os.environ | {compiled.SETTING: str(tmp_path / "there"), "TMPDIR": str(scratch), "LC_ALL": "C"}
    words = [sys.executable, "-m", "regulars", "compile"]
    compiling = subprocess.Popen(words, env=env, cwd=SOURCES, stderr=subprocess.PIPE, text=True, start_new_session=True)
    eventually(lambda: any(scratch.glob("*/*.c")), "a module is translated")
    os.killpg(compiling.pid, signal.SIGINT)
    said = compiling.communicate(timeout=60)[1]
    assert (compiling.returncode, said) == (130, "Stopped. Run the same command again: what is there stays as it is.\n")
    assert list(scratch.iterdir()) == []
    eventually(lambda: not is_there(compiling.pid), "the compilers end, too")


def test_a_machine_without_a_compiler_is_told_what_to_install(there, monkeypatch, capsys):
    said = sysconfig.get_config_var
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: "no-such-cc" if name == "LDSHARED" else said(name))
    with pytest.raises(typer.Exit) as ended:
        compile_()
    assert (ended.value.exit_code, list((there / "there").iterdir())) == (2, [])
    told = capsys.readouterr().err
    assert "no-such-cc" in told
    assert "compiler_missing" in told


def test_every_module_that_is_named_is_there(tmp_path):
    names = [task.name for task in compiling.wanted(tmp_path)]
    assert {"regulars.engine.fold", "regulars.programs.planning.redeeming", "regulars.intake.orders"} <= set(names)
    assert all((SOURCES / task.source).is_file() for task in compiling.wanted(tmp_path))


@NEEDED
def test_what_earlier_sources_were_compiled_to_goes(there, monkeypatch):
    source = "def told(times):\n    return times\n"
    task = task_of(there, source)
    earlier, other = (compiled.file_of(name, b"earlier") for name in ("tale", "of_others"))
    # Of whoever compiles at the same time.
    draft = f"{Path(task.to).name}.1.new"
    for name in (earlier, other, draft):
        (there / "there" / name).write_bytes(b"")
    monkeypatch.setattr(compiling, "wanted", lambda _where: [task])
    compile_()
    assert {path.name for path in (there / "there").iterdir()} == {Path(task.to).name, other, draft}


@NEEDED
def test_where_nothing_can_be_written_it_is_said(there, monkeypatch, capsys):
    monkeypatch.setattr(compiling, "wanted", lambda _where: [])
    (there / "file").write_text("of somebody else")
    monkeypatch.setenv(compiled.SETTING, str(there / "file" / "below"))
    with pytest.raises(typer.Exit) as ended:
        compile_()
    assert (ended.value.exit_code, (there / "file").read_text()) == (2, "of somebody else")
    assert "compiled_not_written" in capsys.readouterr().err


# Only that gate asks what was compiled.
@pytest.mark.skipif(not compiled.folder(), reason="the sources are asked")
def test_what_was_compiled_is_what_is_asked():
    """Else the tests that CI asks once more would ask the sources again, and say nothing of it."""
    tasks = list(compiling.wanted(compiled.folder()))
    # Cython 3.3 does not take the starred list in its `min`.
    assert [task.name for task in tasks if not Path(task.to).exists()] == ["regulars.engine.quotes"]
    for task in tasks:
        module = import_module(task.name)
        assert compiled.is_in(compiled.folder(), module) == Path(task.to).exists(), task.name
