from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "regulars.programs"
    label = "programs"
