"""Signing in: as a guest, by a code sent by e-mail, or with an OpenID Connect provider."""

from __future__ import annotations

from plaudit.web.sign_in.routes import routes, season_mailer

__all__ = ["routes", "season_mailer"]
