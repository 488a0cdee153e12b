"""Pictures with what a health publisher must know of them: alternative text, credit and licence."""
