"""Classes for your own code, and the command line of the safety checks."""
