def guess(one, formula): return None
