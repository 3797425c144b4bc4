"""The blueprint of factors' pages."""

from flask import Blueprint

pages = Blueprint("factors_pages", "puhui.factors", template_folder="templates")
