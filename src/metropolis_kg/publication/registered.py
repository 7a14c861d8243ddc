"""The register of a release: what ``build`` has put in order, so that no page needs the whole release to be read."""

import logging
from contextlib import suppress

from metropolis_kg.publication.own_queries import kept_by_release
from metropolis_kg.store.protocol import StoreUnavailableError
from metropolis_kg.store.register import Hub, Register
from metropolis_kg.store.register_file import REGISTER
from metropolis_kg.store.release import OpenRelease

_log = logging.getLogger(__name__)


@kept_by_release(1)
def register_of(release: OpenRelease) -> Register | None:
    """Return the register of ``release``; none of a remote store, and of a release of an older program.

    What is in it has to be asked of the store then, which takes the longer the more there is.
    """
    path = release.folder / REGISTER if release.folder and release.digest else None
    if path is None or not path.exists():
        return None
    with suppress(StoreUnavailableError):
        register = Register(path)
        register.fact("version")
        return register
    _log.warning("the register in %s cannot be read; the store is asked instead, which takes longer", path.parent)
    return None


def hub_of(release: OpenRelease, thing: str) -> tuple[Register, Hub] | None:
    """Return the register and what it says of a thing with many links; none of others. Raises StoreUnavailableError."""
    register = register_of(release)
    hub = register.hub(thing) if register else None
    return (register, hub) if register and hub else None
