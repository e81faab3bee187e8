"""One function a verb, shared by the command line and by users of the library.

In: Settings and the verb's own values. Out: a Report, which `render` shows and whose exit code the command line takes.
Nothing is printed or asked here.
"""
