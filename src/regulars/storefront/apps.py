from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    name = "regulars.storefront"
    label = "storefront"
