"""What people may ask of their own data: to see it, to take it with them, to have it erased."""
