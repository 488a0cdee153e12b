"""What the admin shows of a dispatch: progress, readers, the report, corrections."""
