from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "regulars.insight"
    label = "insight"
