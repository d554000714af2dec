"""`python -m convirza` is the command `convirza`."""

import sys

from convirza.cli import main

if __name__ == "__main__":
    sys.exit(main())
