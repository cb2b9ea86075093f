"""Whom limits and bills belong to, and the limits of an account over all kernels of the machine."""
