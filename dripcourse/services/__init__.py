"""What can be done, one module for a family of use cases. Each takes `parts` and `now`, returns a value or raises a named error."""
