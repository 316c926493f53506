"""``python -m osvi`` is the ``osvi`` command."""

from osvi._cli import main

main()
