"""`python -m bailian_nb` is `bailian-nb`."""

from .cli import main

raise SystemExit(main())
