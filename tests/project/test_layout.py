"""The house stands as planned: `site/` is a folder on the path, never a package."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import config
from tests.project.limits import ROOT, too_long, tracked_files

REGISTRY = re.compile(r"https?://|--index-url|--extra-index-url|--find-links|file:")


def test_site_is_the_standard_librarys_module() -> None:
    code = "import site, sys; print(site.__file__)"
    options = [["-c", code], ["-X", "frozen_modules=off", "-S", "-c", code], ["-I", "-c", code]]
    for option in options:
        found = subprocess.run([sys.executable, *option], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        assert not Path(found.strip()).is_relative_to(ROOT / "site")
    assert not (ROOT / "site" / "__init__.py").exists()
    assert not (ROOT / "tests" / "site").exists()


def test_config_comes_from_the_site_folder_and_git_tracks_it() -> None:
    assert Path(config.__file__).parent == ROOT / "site" / "config"
    assert ROOT / "site/config/settings/base.py" in tracked_files("site/config")


def test_no_python_file_below_site_imports_site_as_a_package() -> None:
    for path in tracked_files("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("site."), path
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith("site.") for name in node.names), path


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in tracked_files("tests/*.py", "tests/**/*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_actions_know_neither_requests_nor_answers() -> None:
    forbidden = ("django.http", "django.contrib.messages", "django.shortcuts", "django.views")
    for path in tracked_files("blog/actions/*.py", "newsletter/actions/*.py", "site/letters/actions.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith(forbidden), path


def test_the_lock_holds_hashes_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert not REGISTRY.search(text)
    packages = re.findall(r"^[a-z0-9][^\n]*==", text, re.MULTILINE)
    assert len(packages) > 50
    assert text.count("--hash=sha256:") >= len(packages)


def test_the_lock_holds_every_dependency_that_was_asked_for() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[~<>=!; ]", line)[0].lower().replace("_", "-") for line in asked}
    assert names - locked == set()


def test_the_limits_notice_what_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.project.limits.ROOT", tmp_path)
    long = tmp_path / "long.py"
    long.write_text("def f():\n" + "    x = 1\n" * 310)
    assert len(list(too_long(long))) == 2
    long.write_text("def f():\n    return 1\n")
    assert list(too_long(long)) == []
