"""`tmcwall doctor`: what this machine can do, what is wrong, and what to do about it, in words."""
