"""A function for each operation of ``openapi.yaml``. It returns the `osvi.Operation` that ``client.send()`` sends.

>>> import osvi
>>> from osvi.operations import get_v1_chat_session_active
>>> sandbox = osvi.testing.Sandbox()
>>> with osvi.Client(token=sandbox.token, transport=sandbox.transport) as client:
...     body = client.send(get_v1_chat_session_active(customer_id=sandbox.customer_id).whole)
>>> body.success
True

A function is named by the method and the path. Its arguments are the parameters and the properties of a JSON body. An
argument that its annotation excludes raises `osvi.InvalidDataError`. The value of a call is the ``data`` of the answer
if its body has ``success`` and ``data`` in ``openapi.yaml``, otherwise the body. ``operation.whole`` is the same
operation with the whole body as its value.

An optional argument that is None is not sent; `osvi.NULL` sends null, if the spec allows it. For a required argument of
a body, None is null. In a record, and in a mapping that stands for one, None is left out, unless the spec requires the
property and allows null; `osvi.NULL` in such a mapping is null. In any other mapping and in a sequence, both are null.
Parameters in the path, in the query and in headers are never null. The argument ``extra`` (``extra_`` if the name is
taken) has the properties of a body that the spec allows without declaring them.
"""

from osvi_openapi.operations import *  # noqa: F403 - the names depend on the spec
from osvi_openapi.operations import __all__ as __all__  # noqa: PLC0414 - for type checkers
