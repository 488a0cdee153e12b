"""What lets a page be kept: one number that changes with everything readers see, and the parts that hold until then."""
