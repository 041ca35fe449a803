"""All campaigns, by name, in the order in which they run."""

from __future__ import annotations

from faults import postgres
from faults.campaign import Campaign
from faults.clocks import clocks
from faults.crowd import crowd
from faults.flips import flips
from faults.inject import failing_disk, full_disk, small_disk
from faults.kills import kills
from faults.power import control, power

CAMPAIGNS: dict[str, Campaign] = {
    "kills": kills,
    "power": power,
    "control": control,
    "full-disk": full_disk,
    "small-disk": small_disk,
    "failing-disk": failing_disk,
    "damage": flips,
    "postgres": postgres.writer,
    "postgres-server": postgres.server,
    "crowd": crowd,
    "clocks": clocks,
}
