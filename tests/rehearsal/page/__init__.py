"""Tests of the page to stand on stage."""
