"""The migrations of this project and the safety layer around them."""
