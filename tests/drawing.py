"""Draws templates as the console in production does: nobody here asks which templates made a page.

`tests/conftest.py` imports the fixture; nothing asks for it by name.
"""

from collections.abc import Iterator

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString


def _draw(template: Template, context: Context) -> SafeString:
    return template.nodelist.render(context)


@pytest.fixture(scope="session", autouse=True)
def plain_templates(django_test_environment: None) -> Iterator[None]:
    """Django's test client would copy the whole context of each template and of each option of a select."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", _draw)
        yield
