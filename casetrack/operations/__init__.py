"""What operations see of a process: metrics, traces, log lines, readiness. No rules, no SQL."""
