// Nothing of its own: its precompiled header serves every test.
