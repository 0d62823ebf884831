"""`python -m literate`: see `literate.cli`."""

import sys

from literate.cli import main

if __name__ == "__main__":
    sys.exit(main())
