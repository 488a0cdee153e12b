"""A site of any size for benchmarks: invented words, the same ones at every run, written in bulk."""
