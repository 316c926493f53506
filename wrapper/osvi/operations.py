"""Every operation of ``openapi.yaml``, as a function that returns what ``client.send()`` sends.

>>> import osvi
>>> from osvi.operations import get_v1_chat_session_active
>>> sandbox = osvi.testing.Sandbox()
>>> with osvi.Client(token=sandbox.token, transport=sandbox.transport) as client:
...     body = client.send(get_v1_chat_session_active(customer_id=sandbox.customer_id).whole)
>>> body.success
True

A function is named by the method and the path. Its arguments are the parameters and the properties of a JSON body; one
that is None is not sent. The value of a call is the ``data`` of the answer where its body has ``success`` and ``data``,
otherwise the body; ``operation.whole`` is the same operation with the whole body as its value.
"""

from osvi_openapi.operations import *  # noqa: F403 - whatever the spec has
from osvi_openapi.operations import __all__ as __all__  # noqa: PLC0414 - for type checkers
