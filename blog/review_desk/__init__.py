"""The admin's pages for medical reviews: reading and signing, writing down what a guest has read, who is told."""
