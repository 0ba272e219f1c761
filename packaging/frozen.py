"""The entry of the frozen build. Packages are imported absolutely, so it is a file of its own."""

import sys

from studio.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
