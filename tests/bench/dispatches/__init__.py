"""What the dispatch promises, measured: `python -m tests.bench.dispatches --help`."""
