"""What a running process says of itself: figures for Prometheus, traces for OpenTelemetry, lines for a log.

Every room but the engine may tell these modules what happened. Unless the installation asks for it nothing is kept and
nothing imported: the packages are the extra `regulars[observe]`. No secret and nobody's name is ever told.
"""
