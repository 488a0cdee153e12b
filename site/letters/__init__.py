"""Letters: mails to one person in answer to what that person did. A letter is a row before it is a mail."""
