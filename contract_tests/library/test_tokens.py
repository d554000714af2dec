"""Where tokens are kept: the file's mode, its swap, and what is refused in it."""

import copy
import errno
import json
import os
import pickle
import stat
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from convirza import ConfigurationError, FileTokenStore, MemoryTokenStore, Tokens
from convirza._auth.tokens import TokenStore

OLD = Tokens("canary-old-access", "canary-old-refresh", 1.5, 2.5)
NEW = Tokens("canary-new-access", None, 3.0, None)

posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a token file may be."""
    return tmp_path / "tokens.json"


@pytest.fixture
def no_umask() -> Generator[None]:
    """Files are as open as their makers let them be."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def kept(path: Path, content: bytes, mode: int = 0o600) -> FileTokenStore:
    """A store over a file with such content."""
    path.write_bytes(content)
    path.chmod(mode)
    return FileTokenStore(path)


# ---------------------------------------------------------------------------- what a store does


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_what_is_saved_is_loaded_until_it_is_cleared(kind: str, path: Path) -> None:
    """Both stores do the same."""
    store: TokenStore = MemoryTokenStore() if kind == "memory" else FileTokenStore(path)
    assert store.load() is None
    other = store if kind == "memory" else FileTokenStore(str(path))
    for tokens in (OLD, NEW, OLD):
        store.save(tokens)
        assert store.load() == other.load() == copy.deepcopy(tokens) == pickle.loads(pickle.dumps(tokens))
    store.clear()
    assert store.load() is None
    store.clear()


def test_tokens_show_no_token() -> None:
    """Neither repr nor str; the stores show nothing but the path."""
    memory = MemoryTokenStore()
    memory.save(OLD)
    for thing in (OLD, memory, FileTokenStore("f"), [OLD], {"tokens": OLD}):
        assert "canary" not in f"{thing!r} {thing}"
    assert repr(FileTokenStore("f")) == "FileTokenStore('f')"


# ---------------------------------------------------------------------------- who may read the file


@posix
def test_only_the_owner_can_read_the_file_from_its_first_byte(
    path: Path, no_umask: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the umask: looked at while the new file is written, beside the old one, and after the swap."""
    dump = json.dump
    seen: list[tuple[int, int]] = []

    def look(data: Any, file: Any) -> None:
        seen.extend((mode(new), new.stat().st_size) for new in path.parent.iterdir() if new != path)
        dump(data, file)

    monkeypatch.setattr("json.dump", look)
    kept(path, b"{}", 0o666)
    FileTokenStore(path).save(OLD)

    assert seen == [(0o600, 0)]
    assert mode(path) == 0o600


@posix
def test_missing_folders_are_made_for_the_owner_only(tmp_path: Path, no_umask: None) -> None:
    """All of them; one that is there keeps its mode."""
    store = FileTokenStore(tmp_path / "a" / "b" / "tokens.json")
    tmp_path.chmod(0o755)
    store.save(OLD)

    assert store.load() == OLD
    assert [mode(tmp_path / folder) for folder in (".", "a", "a/b")] == [0o755, 0o700, 0o700]


@posix
def test_file_that_is_open_to_others_is_rejected(path: Path) -> None:
    """The error names the file and its mode, and says what to do; mode 0400 is as private as 0600."""
    FileTokenStore(path).save(OLD)
    for open_mode in (0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o777):
        path.chmod(open_mode)
        with pytest.raises(ConfigurationError, match=f"mode {open_mode:o} .*log in again") as caught:
            FileTokenStore(path).load()
        assert str(path) in str(caught.value)
    path.chmod(0o400)
    assert FileTokenStore(path).load() == OLD


# ---------------------------------------------------------------------------- what is no token file

GOOD: dict[str, Any] = {"access_token": "canary", "refresh_token": None, "obtained_at": 0, "expires_at": None}

WRONG: dict[str, list[Any]] = {
    "access_token": [None, 5, "", [], "canary\nx", "canary\r", "c\u00e4", "\ud800", "canary" * 9999],
    "refresh_token": [5, "", {}, "canary\nx", False],
    "obtained_at": [None, "0", [], 10**400],
    "expires_at": ["2026-01-01", {}, 10**400, -(10**400)],
}
RUBBISH = [
    *(b"", b" \n", json.dumps(GOOD).encode()[:-9], b"canary", b"\xff\x00canary"),
    *(b"null", b'["canary"]', b'"canary"', b"5", b"9" * 10_000, b"[" * 200_000, b"{}"),
    *(json.dumps({k: v for k, v in GOOD.items() if k != name}).encode() for name in GOOD),
    *(json.dumps({**GOOD, name: value}).encode() for name in WRONG for value in WRONG[name]),
]


def test_file_of_another_kind_is_rejected(path: Path) -> None:
    """One line names the file; its content is not shown, not even in the frames of the traceback."""
    for content in RUBBISH:
        with pytest.raises(ConfigurationError) as caught:
            kept(path, content).load()
        error = caught.value
        assert f"the token file {path} cannot be used (not a token file): remove it" in str(error), content
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        library = "".join(line for line in shown.format() if "test_tokens.py" not in line)
        assert "canary" not in library, content
        assert error.__cause__ is error.__context__ is None, content


def test_more_members_are_left_alone(path: Path) -> None:
    """A later version may write more."""
    assert kept(path, json.dumps({**GOOD, "more": 1}).encode()).load() == Tokens("canary")


def test_folder_in_its_place_is_rejected(path: Path) -> None:
    """To read and to write; the folder stays."""
    path.mkdir()
    with pytest.raises(ConfigurationError, match="Is a directory"):
        FileTokenStore(path).load()
    with pytest.raises(OSError, match="directory"):
        FileTokenStore(path).save(OLD)
    assert list(path.parent.iterdir()) == [path]


def test_path_that_leads_through_a_file_is_rejected(path: Path) -> None:
    """As are names that no system allows."""
    path.write_text("")
    for wrong in (path / "tokens.json", path.parent / ("n" * 300), f"{path}\0"):
        with pytest.raises(ConfigurationError, match="cannot be used"):
            FileTokenStore(wrong).load()
        with pytest.raises((OSError, ValueError)):
            FileTokenStore(wrong).save(OLD)


def test_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a shell; the ~ of a user that there is not is refused."""
    monkeypatch.setenv("HOME", str(tmp_path))
    FileTokenStore("~/.config/convirza/tokens.json").save(OLD)
    assert FileTokenStore(tmp_path / ".config/convirza/tokens.json").load() == OLD

    with pytest.raises(ConfigurationError, match="cannot expand"):
        FileTokenStore("~nobody-of-this-name/tokens.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_named_pipe_in_its_place_is_rejected(path: Path) -> None:
    """To read it would take for ever."""
    os.mkfifo(path, 0o600)
    with pytest.raises(ConfigurationError, match="not a regular file"):
        FileTokenStore(path).load()


# ---------------------------------------------------------------------------- the swap


@pytest.mark.parametrize("broken", ["dump", "fsync", "replace", "interrupt"])
def test_failed_save_leaves_the_old_file_and_nothing_else(
    path: Path, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at any step, or Ctrl-C."""
    store = FileTokenStore(path)
    store.save(OLD)
    error = KeyboardInterrupt() if broken == "interrupt" else OSError(errno.ENOSPC, "No space left on device")

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr({"dump": "json.dump", "replace": "os.replace"}.get(broken, "os.fsync"), fail)
    with pytest.raises(type(error)):
        store.save(NEW)

    assert store.load() == OLD
    assert list(path.parent.iterdir()) == [path]
