"""Small image models for one GPU."""
