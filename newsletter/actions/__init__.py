"""What can be done with subscribers and issues: functions that raise `NewsletterError`."""
