"""Access and refresh tokens, and where they are stored between runs."""

import contextlib
import json
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Any, Final, Protocol

from attrs import asdict, field, frozen

from convirza._core.errors import ConfigurationError
from convirza._core.locked_files import open_locked, open_regular
from convirza._core.responses import member

_ADVICE: Final = "remove it and log in again"
_LARGEST: Final = 2**16  # bytes of a token file


@frozen
class Tokens:
    """The result of a login. Its repr shows no token."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    """Valid for one use: a refresh returns a new one."""
    obtained_at: float = 0.0
    """Unix time in seconds, by the system clock."""
    expires_at: float | None = None
    """Unix time in seconds, by the clock of the API; None if unknown."""
    user_id: int | None = field(default=None, repr=False)
    """The id of the user; None if unknown."""
    after_refusal: bool = False
    """Whether they replace tokens that the API refused (401). If it refuses these too, the account lacks
    access: no process that shares the store renews them within a minute."""


class TokenStore(Protocol):
    """Where tokens are stored. `save` is called after each login and each refresh, from any thread."""

    def load(self) -> Tokens | None:
        """The tokens that were saved last, or None."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Stores the tokens; replaces the old ones."""
        ...

    def clear(self) -> None:
        """Removes the tokens."""
        ...


class MemoryTokenStore:
    """Stores tokens in memory, as long as the process runs."""

    def __init__(self) -> None:
        """Starts empty."""
        self._tokens: Tokens | None = None

    def load(self) -> Tokens | None:
        """The tokens that were saved last, or None."""
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        """Stores the tokens; replaces the old ones."""
        self._tokens = tokens

    def clear(self) -> None:
        """Removes the tokens."""
        self._tokens = None


class FileTokenStore:
    """Stores tokens in a file that only its owner can read (mode 0600).

    A new file is written under a temporary name and renamed, so that a killed process leaves the old one.
    """

    def __init__(self, path: "str | os.PathLike[str]") -> None:
        """The folder is created when tokens are saved, for its owner only.

        Raises ConfigurationError for a path whose "~" cannot be expanded.
        """
        try:
            self._path = Path(path).expanduser()
        except RuntimeError:
            raise ConfigurationError('cannot expand "~" in the token file path: pass a full path') from None

    def __repr__(self) -> str:
        return f"FileTokenStore({str(self._path)!r})"

    def load(self) -> Tokens | None:
        """The tokens in the file, or None if there is no file.

        Raises ConfigurationError if the file is unreadable, not a token file, or readable by other users.
        """
        try:
            tokens = self._read()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
        else:
            return tokens
        # Raised outside the handler, so that neither traceback nor __context__ hold the content of the file.
        raise ConfigurationError(f"the token file {self._path} cannot be used ({why}): {_ADVICE}")

    def _read(self) -> Tokens:
        with open_regular(self._path) as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise ValueError(f"mode {mode:o} lets other users read it")
            content = file.read(_LARGEST)
        try:
            return _parse(json.loads(content))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            raise ValueError("not a token file") from None

    def try_lock(self) -> contextlib.AbstractContextManager[Any] | None:
        """A lock against other processes, held until its block ends; None if another process holds it.

        It is a file beside the token file; the system releases it when a process ends. There is none on
        Windows, where two processes that refresh at the same time may have to log in again.
        """
        try:
            target = self._make_folder()
            return open_locked(target.with_name(f".{target.name}.lock"))
        except BlockingIOError:
            return None
        except OSError:
            return contextlib.nullcontext()  # a read-only folder: no process can save renewed tokens there

    def _make_folder(self) -> Path:
        """Returns the file itself, if the path is a link: its other names share its lock, and links stay."""
        target = Path(os.path.realpath(self._path))
        for folder in reversed(target.parents):
            folder.mkdir(mode=0o700, exist_ok=True)
        return target

    def save(self, tokens: Tokens) -> None:
        """Writes the file. Raises OSError on failure, and keeps the old file."""
        target = self._make_folder()
        # mkstemp creates it with mode 0600.
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(tokens), file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def clear(self) -> None:
        """Removes the file."""
        Path(os.path.realpath(self._path)).unlink(missing_ok=True)


def _parse(data: Any) -> Tokens:
    access_token, refresh_token = data["access_token"], data["refresh_token"]
    obtained_at, expires_at = data["obtained_at"], data["expires_at"]
    texts = is_token(access_token) and (refresh_token is None or is_token(refresh_token))
    times = isinstance(obtained_at, float | int) and isinstance(expires_at, float | int | None)
    if not (texts and times):
        raise ValueError
    # float() raises OverflowError for a number that is too large.
    expiry = None if expires_at is None else float(expires_at)
    anew = data.get("after_refusal") is True
    return Tokens(access_token, refresh_token, float(obtained_at), expiry, find_user_id(data), anew)


def find_user_id(user: Any) -> int | None:
    """The member `user_id` of a JSON object; None if there is none."""
    found = member(user, "user_id")
    return found if type(found) is int else None


def is_token(value: Any) -> bool:
    """Whether it is valid in a header, and not too long."""
    return isinstance(value, str) and re.fullmatch("[!-~]{1,8192}", value) is not None
