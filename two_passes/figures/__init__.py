"""Figures of this book alone: its 2-2-1 network, its nine gradients, its measurements."""
