"""The emulator's pictures: what a prompt, a function and a mask make of a canvas."""

COARSE = "WAN_EMULATOR_COARSE"
"""The variable by which tests let all their kernels lay patches of colour in place of scenes: "1"."""
