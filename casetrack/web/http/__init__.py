"""From a request to its handler and back: call, problems, OpenAPI, telemetry, long poll."""
