"""The network of Hot dog or not: its pictures, its training, the range test, its sharpness."""
