"""`python -m literate`: see `literate.cli`."""

import sys

from literate import unchanged

if __name__ == "__main__":
    if sys.argv[1:] == ["check"] and (said := unchanged.again()):
        print(*said, sep="\n")
        sys.exit()

    from literate.cli import main  # takes a second

    sys.exit(main())
