"""A create call whose answer was lost: the search for its task in the service's list."""
