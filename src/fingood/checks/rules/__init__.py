"""The checks, one file each; the file's name is the check's id, its docstring the check's page.

In: Subject. Out: Hits. A new check is a new file here with a bad and a good example under ``examples``.
Nothing lists the files: the catalogue imports what lies in this folder.
"""
