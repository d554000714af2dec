import sys
from convirza.cli import main
if __name__ == '__main__':
    ...
