"""How forms look: one field template for the whole console."""

from django.forms.renderers import TemplatesSetting


class FaceRenderer(TemplatesSetting):
    """Renders each field with label, help and error tied together for assistive technology."""

    field_template_name = "components/_field.html"
