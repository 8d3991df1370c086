// Empty, and needed: with an assembly file beside them Go compiles functions without a body, which go:linkname fills in.
