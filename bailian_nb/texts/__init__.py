"""Every sentence that users read, in English and Chinese."""
