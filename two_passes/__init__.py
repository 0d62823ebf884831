"""What only this book has: its home page, live lab, measurements and set-up."""
