"""Every purge method, registered: a module a method."""

from __future__ import annotations

import plaudit.audit.burst
import plaudit.audit.clique
import plaudit.audit.linked
import plaudit.audit.lockstep
import plaudit.audit.network
import plaudit.audit.regular
import plaudit.audit.sleepless
import plaudit.audit.state
import plaudit.audit.young_clock  # noqa: F401 - each registers itself
