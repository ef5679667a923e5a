def report(bench, programs): pass
