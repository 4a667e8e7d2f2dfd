from hypothesis import HealthCheck, settings

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # the first run of the trainer compiles it
)
# `make wild`: other cases each time; a failure is printed with the line that brings it back.
settings.register_profile(
    "wild",
    settings.get_profile("repeatable"),
    max_examples=10_000,
    derandomize=False,
    print_blob=True,
)
settings.load_profile("repeatable")
