"""What is answered to whoever types or presses, whichever library has brought the question."""
