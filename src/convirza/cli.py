"""The command `convirza`: runs it and turns every failure into one line on stderr and an exit code.

The commands are in `convirza._cli.app`, which needs the extra `convirza[cli]`; this module does not.
"""

import sys
from collections.abc import Sequence

from convirza._cli.exits import ExitCode, Failure, complain, discard_stdout, exit_code, needing
from convirza._core.errors import ConvirzaError


def main(args: Sequence[str] | None = None) -> int:
    """Runs the command with `args`, or else the arguments of the process; returns the exit code."""
    try:
        with needing("cli"):
            from convirza._cli import app

            return app.run(sys.argv[1:] if args is None else args)
    except Failure as failure:
        complain(str(failure))
        return failure.code
    except ConvirzaError as error:
        complain(str(error.args[0]))
        return exit_code(error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OSError as error:
        discard_stdout()
        complain(f"I/O error: ({error.strerror}): check where the output goes, such as a full disk")
        return ExitCode.UNUSABLE
    except Exception as error:
        complain(f"internal error ({type(error).__name__}): please report it, with the command that you ran")
        return ExitCode.UNUSABLE
