"""All that decides how a run goes: its config, what each setting may be, and the named choices."""
