"""What measures and kills the product: real processes, a region of its own, all of it removed again.

It stands beside the package and is not installed: `casetrack bench` finds it in a checkout.
"""
