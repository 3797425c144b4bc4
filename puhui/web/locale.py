"""In which language to answer, and the catalogue that holds the sentences.

The Chinese sentence in the source is the key; English is a translation. One `.po` file a package
lies under `puhui/translations/en/LC_MESSAGES/` and is read as it is: there is no compiled file to
commit or to forget. Chinese knows no plural, so the source says nothing of one: a sentence has two
English wordings, for one and for more, where its entry has them (`msgid_plural`, the same words),
and what it counts is the first number among its values.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, get_locale, gettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept

from puhui.kernel.county import counties, county_written
from puhui.kernel.errors import Fault

TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"
CHINESE, ENGLISH = "zh_Hans_CN", "en"
COOKIE = "lang"
TIMEZONE = "Asia/Shanghai"

VALUES = re.compile(r"%\((\w+)\)")
"""The values of a sentence, by name."""
NUMBER = re.compile(r"[\d,]*\.?\d+")


def language() -> str:
    """Return the language of the answer: what `?lang=` says, else the cookie, else the client."""
    return chosen(request.args.get(COOKIE), request.cookies.get(COOKIE), request.accept_languages)


def chosen(asked: str | None, cookie: str | None, accepted: LanguageAccept) -> str:
    """Return the language that is asked for now, else was chosen before, else is accepted."""
    for said_so in (asked, cookie):
        if said_so in ("zh", "zh-CN"):
            return CHINESE
        if said_so == "en":
            return ENGLISH
    for wanted, quality in accepted:
        if quality > 0 and wanted.lower().startswith(("zh", "en")):
            return ENGLISH if wanted.lower().startswith("en") else CHINESE
    return CHINESE


def tag() -> str:
    """Return the language of the answer as it stands in HTML and HTTP: `zh-CN` or `en`."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh-CN"


def said(sentence: str, **values: object) -> str:
    """Return a sentence that the domain marked with `N_`, in the language of the answer."""
    return str(gettext(sentence, **values))


def county_told(code: str) -> str:
    """Return a county's name in the language of the answer; of a code that is none, the code."""
    found = counties().get(code)
    if found is None:
        return code
    return found.name_en if tag() == "en" else found.name_zh


def county_typed(told: str, city: str) -> str:
    """Return a county of a city, typed by its Chinese name, in the language of the answer."""
    found = county_written(told, city)
    return told if found is None else county_told(found.code)


def named(thing: Any) -> str:
    """Return a thing's name, of which it has two, in the language of the answer."""
    return str(thing.name_en if tag() == "en" else thing.name_zh)


def called(organisation: Any) -> str:
    """Return what an organisation is called, in the language of the answer where it has said so."""
    return str((tag() == "en" and organisation.name_en) or organisation.name)


def colon() -> str:
    """Return the colon of the reader's language, with the space that English wants."""
    return ": " if language() == "en" else "："


def told(fault: Fault) -> str:
    """Return what a fault says, in the language of the answer."""
    return said(fault.message, **fault.values)


class _Sentences(Domain):  # type: ignore[misc]
    """Every package's catalogue as one, made in memory when first asked for."""

    def get_translations(self) -> NullTranslations:
        """Return the sentences in the language of the answer."""
        locale = get_locale()
        return translations(locale.language if locale else "zh")

    def gettext(self, string: str, **variables: object) -> str:
        """Return a sentence in the language of the answer, filled in where there are values."""
        found = self.wording(string, variables)
        return found % variables if variables else found

    def wording(self, sentence: str, values: Mapping[str, object]) -> str:
        """Return a sentence in the language of the answer, in the wording for what it counts."""
        catalogue = self.get_translations()
        if values:
            # As they are told: a number may already be written out.
            told = (str(values.get(name, "")) for name in VALUES.findall(sentence))
            counted = next(filter(NUMBER.fullmatch, told), "")
            found = str(catalogue.ungettext(sentence, sentence, 1 if counted == "1" else 2))
            if found != sentence:
                return found
        return str(catalogue.ugettext(sentence))


_sentences = _Sentences()


@pass_context
def _in_template(context: Context, sentence: str, /, **values: object) -> str:
    """Do what Jinja's own `gettext` does, which does not look at the values for the wording."""
    found = _sentences.wording(sentence, values)
    whole = Markup(found) if context.eval_ctx.autoescape else found  # noqa: S704  our own sentence
    return whole % values


@cache
def translations(language: str) -> NullTranslations:
    """Return all packages' sentences in `language`; Chinese needs none."""
    files = sorted((TRANSLATIONS / language / "LC_MESSAGES").glob("*.po"))
    return merged(files, language) if files else NullTranslations()


def merged(files: Iterable[Path], language: str) -> Translations:
    """Return the catalogues of `files` as one."""
    whole = Catalog(locale=language)
    for file in files:
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if message.id and message.string and not message.fuzzy:
                    whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


def install(app: Flask) -> None:
    """Let `app` speak both languages, and say which one it spoke."""
    babel = Babel(app, default_locale=CHINESE, default_timezone=TIMEZONE, locale_selector=language)
    babel.domain_instance = _sentences
    app.jinja_env.globals.update(gettext=_in_template, language=tag, told=told, said=said)
    app.after_request(_name_the_language)


def _name_the_language(response: Response) -> Response:
    if request.endpoint == "static":
        return response
    # What has said its own language is the same for every reader.
    if "Content-Language" not in response.headers:
        response.headers["Content-Language"] = tag()
        response.vary.update(["Accept-Language", "Cookie"])
    asked = request.args.get(COOKIE)
    if asked in ("zh", "zh-CN", "en") and not request.path.startswith("/api/"):
        response.set_cookie(
            COOKIE,
            "en" if asked == "en" else "zh",
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response
