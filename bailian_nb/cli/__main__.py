"""`python -m bailian_nb.cli` is `bailian-nb`."""

from . import main

raise SystemExit(main())
