"""Run one of the tools below this folder, such as scripts/gates/document.py: tox.ini calls each of them.

python scripts gates.document [options]
"""

import importlib
import sys

from shared import run

if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
    sys.exit(str(__doc__))
name = sys.argv.pop(1)
sys.argv[0] = name
sys.exit(run(name, importlib.import_module(name).main))
