"""casetrack's own tokens, as the scan for secrets knows them: ct_, the token's id, 256 bits."""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class CasetrackToken(RegexBasedDetector):
    """A token as `casetrack token create` prints it."""

    secret_type = "casetrack token"
    denylist = [re.compile(r"ct_[0-9a-f]{12}_[0-9a-f]{64}")]
