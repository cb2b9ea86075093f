"""Jobs: from a Request to saved pictures, through a journal that survives the kernel."""
