"""The vocabulary and the errors; reads an article, segments it and splits it into claims."""
