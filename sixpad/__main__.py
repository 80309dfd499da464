"""`python -m sixpad` is the command `sixpad`."""

import sys

from sixpad.cli import main

sys.exit(main())
