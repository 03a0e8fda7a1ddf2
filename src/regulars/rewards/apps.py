from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "regulars.rewards"
    label = "rewards"
