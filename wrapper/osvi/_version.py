"""The version. The build of the wheel, the ``User-Agent`` and the messages of errors read it here."""

__version__ = "0.1.0"
