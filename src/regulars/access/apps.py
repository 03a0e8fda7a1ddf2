from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "regulars.access"
    label = "access"
