"""`convirza login` and `convirza logout`: tokens obtained with email and password, in the user's file."""

import os
import sys

import typer

from convirza._auth.password import PasswordAuth
from convirza._auth.stored import StoredAuth
from convirza._auth.tokens import FileTokenStore
from convirza._cli.exits import ExitCode, Failure
from convirza._cli.output import is_terminal, stdout
from convirza._cli.settings import find_oauth_url, token_file
from convirza._core.clock import SystemClock
from convirza._core.validation import check_text
from convirza._sync_client import Convirza


def log_in(oauth_url: str | None, email: str | None, *, password_stdin: bool) -> None:
    """Prompts for missing values, logs in and stores the tokens."""
    url = find_oauth_url(oauth_url)
    file = token_file(url)
    email = email or _ask("email", "--email")
    password = _read_password() if password_stdin else _ask("password", "--password-stdin", hide_input=True)
    auth = PasswordAuth(
        check_text("email", email),
        check_text("password", password),
        store=FileTokenStore(file),
        oauth_url=url,
    )
    # No request goes to the API: its address only decides whether a proxy may be used.
    with Convirza(auth=auth, base_url=url, drift="off", clock=SystemClock()) as client:
        client.log_in()
    with stdout() as out:
        out.write(f"Logged in. The tokens are kept in {file}, which only you can read.\n")
        if os.environ.get("CONVIRZA_TOKEN"):
            out.write("CONVIRZA_TOKEN is set and takes precedence: unset it to use the login.\n")
        if find_oauth_url(None) != url:
            out.write(f"For the other commands, export CONVIRZA_OAUTH_URL={url}\n")


def log_out(oauth_url: str | None) -> None:
    """Revokes the stored tokens, and removes them."""
    url = find_oauth_url(oauth_url)
    file = token_file(url)
    store = FileTokenStore(file)
    if store.load() is None:
        message = f"Not logged in: {file} does not exist."
    else:
        auth = StoredAuth(store, oauth_url=url)
        with Convirza(auth=auth, base_url=url, drift="off", clock=SystemClock()) as client:
            client.log_out()
        message = f"Logged out. The tokens are revoked, and {file} is removed."
    with stdout() as out:
        out.write(f"{message}\n")


def _ask(what: str, option: str, *, hide_input: bool = False) -> str:
    if not is_terminal(sys.stdin):
        raise Failure(ExitCode.USAGE, f"cannot prompt for the {what} without a terminal", f"pass {option}")
    entered: str = typer.prompt(what.capitalize(), hide_input=hide_input, err=True)
    return entered


def _read_password() -> str:
    if sys.stdin is None:  # as by <&-
        raise Failure(ExitCode.USAGE, "stdin is closed", "pipe the password in")
    return sys.stdin.readline().rstrip("\r\n")
