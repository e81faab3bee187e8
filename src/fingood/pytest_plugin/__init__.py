"""The pytest plugin: proofs of migrations as tests.

In: pytest's hooks. Out: fixtures and collected tests. Nothing heavy is imported when pytest loads it.
"""
