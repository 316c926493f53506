"""The one place that knows the version: the wheel, the User-Agent and error reports read it here."""

__version__ = "0.1.0"
