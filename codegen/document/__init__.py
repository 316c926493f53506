"""The vendor's document: how it is read from pages, merged, and prepared for the generator."""
