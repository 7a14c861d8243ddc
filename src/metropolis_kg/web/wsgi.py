"""What a server runs: ``metropolis_kg.web.wsgi:app``, configured by the environment."""

from os import environ

from metropolis_kg.settings import Settings
from metropolis_kg.store.event_log import to_stderr
from metropolis_kg.web.app import create_app
from metropolis_kg.web.log import ServerEvents

to_stderr(ServerEvents())
app = create_app(Settings.from_environ(environ))
