"""The key server: one parent key stays here, and users whom it knows get temporary ones (`bailian-nb keys serve`)."""
