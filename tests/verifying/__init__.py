"""Tests of the page that checks a drop's results in a browser."""
