"""The checks of the moment, one per file: live database and change control. Each is judged on frozen values.

A check that grades what it finds shows its worst severity in the table; lighter finds are lighter.
"""
