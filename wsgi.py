"""The WSGI entry: settings in, application out."""

from puhui.serve import application as build

application = build()
