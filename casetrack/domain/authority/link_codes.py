"""What may be wrong with a link of a chain: stable codes, each with its meaning and article."""

from collections.abc import Mapping

#: What may be wrong, from the furthest from a power to the nearest to one, with what it means and
#: the article that it breaks. When several ways fail, the nearest is told.
LINK_CODES: Mapping[str, tuple[str, str]] = {
    "no_grant": ("no grant gives the position this action for this service", "UU 30/2014 art. 8"),
    "power_ended": ("a re-organisation ended the power", "UU 30/2014 art. 15"),
    "power_moved": ("a re-organisation moved the power to another position", "UU 30/2014 art. 15"),
    "position_not_there": ("the position does not exist on that day", "UU 30/2014 art. 15"),
    "dates_reversed": ("the paper ends before it begins", "UU 30/2014 art. 15(1)a"),
    "instrument_missing": ("the instrument is not in the register", "UU 30/2014 art. 13(2)b"),
    "line_missing": ("the article or annex line is not in the register", "UU 30/2014 art. 13(2)b"),
    "instrument_younger": (
        "the grant begins before the instrument it rests on",
        "UU 30/2014 art. 13(4)a",
    ),
    "cycle": ("the grants lead back to where they began", "UU 30/2014 art. 11"),
    "giver_missing": ("the grant names nobody who gives the power", "UU 30/2014 art. 13(2)a"),
    "giver_without_power": (
        "who gives the power does not hold it",
        "UU 30/2014 art. 13(2)c",
    ),
    "delegation_passed_on": (
        "a delegated power is delegated on without being a sub-delegation",
        "UU 30/2014 art. 13(3)",
    ),
    "sub_delegation_too_deep": (
        "a sub-delegation goes one level down and no further",
        "UU 30/2014 art. 13(4)c",
    ),
    "sub_delegation_not_permitted": (
        "the article of the delegation does not permit a sub-delegation",
        "UU 30/2014 art. 13(3)",
    ),
    "sub_delegation_other_body": (
        "a sub-delegation stays inside one body",
        "UU 30/2014 art. 13(4)b",
    ),
    "mandate_not_subordinate": (
        "a mandate is given by a superior to a subordinate",
        "UU 30/2014 art. 14(1)a",
    ),
    "mandate_passed_on": ("a mandate is not passed on", "UU 30/2014 art. 14"),
    "ub_without_mandate": (
        'a signature "u.b." stands below a mandate, and there is none',
        "UU 30/2014 art. 14(4)",
    ),
    "mandate_strategic": ("a mandate takes no strategic decision", "UU 30/2014 art. 14(7)"),
    "service_not_in_line": (
        "the line that the grant rests on does not name this service",
        "UU 30/2014 art. 15(1)c",
    ),
    "other_work": (
        "the power is for another step, or for another agency's work",
        "UU 30/2014 art. 15",
    ),
    "outside_bounds": (
        "the facts of the case lie outside the grant's bounds",
        "UU 30/2014 art. 15",
    ),
    "instrument_replaced": (
        "the instrument has been replaced for this case",
        "UU 30/2014 art. 13(2)b",
    ),
    "instrument_not_in_force": (
        "the instrument is not in force on that day",
        "UU 30/2014 art. 15(1)a",
    ),
    "line_not_in_force": (
        "the article or annex line is not in force on that day",
        "UU 30/2014 art. 15(1)a",
    ),
    "line_amended": (
        "an amendment took the service out of the article or annex line",
        "UU 30/2014 art. 13(2)b",
    ),
    "grant_not_in_force": ("the grant does not run on that day", "UU 30/2014 art. 15(1)a"),
    "grant_withdrawn": ("the grant was withdrawn", "UU 30/2014 art. 13(6)"),
    "giver_gave_away": (
        "who delegated the power may not use it: the legislation says so",
        "UU 30/2014 art. 13(5)",
    ),
}
