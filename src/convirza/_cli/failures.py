"""Turns every failure of the command into one line on stderr and an exit code."""

from collections.abc import Sequence

from convirza._cli.exits import ExitCode, Failure, complain, discard_stdout, exit_code, needing
from convirza._core.errors import ConvirzaError


def run(args: Sequence[str]) -> int:
    """Runs the command; returns the exit code."""
    try:
        with needing("cli"):
            from convirza._cli import app

            return app.run(args)
    except Failure as failure:
        complain(str(failure))
        return failure.code
    except ConvirzaError as error:
        complain(str(error.args[0]))
        return exit_code(error)
    except OSError as error:
        discard_stdout()
        complain(f"I/O error: ({error.strerror}): check where the output goes, such as a full disk")
        return ExitCode.UNUSABLE
    except Exception as error:
        complain(f"internal error ({type(error).__name__}): please report it, with the command that you ran")
        return ExitCode.UNUSABLE
