"""What survives a kernel: the journal and its file, kept inputs, which kernels live, tasks that nobody owns."""
