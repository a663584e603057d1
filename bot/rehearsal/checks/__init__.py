"""The judge's questions, by what they are about; each is a function from the case to a promise."""
