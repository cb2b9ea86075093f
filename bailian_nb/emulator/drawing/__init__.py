"""The emulator's pictures: what a prompt, a function and a mask make of a canvas."""
