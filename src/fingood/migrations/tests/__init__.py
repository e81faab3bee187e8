"""Tests of this project's migrations. Run: python -m pytest migrations/tests/ -v"""
