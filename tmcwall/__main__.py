"""`python -m tmcwall`."""

import sys

from tmcwall.cli import main

sys.exit(main())
