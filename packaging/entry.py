"""Where the bundle begins: the same command line as in a checkout, for the program and for its child processes."""

import sys

from tmcwall.cli import main

sys.exit(main())
