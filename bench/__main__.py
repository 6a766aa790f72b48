"""`python -m bench` is `casetrack bench`."""

from bench.command import bench

if __name__ == "__main__":
    bench()
