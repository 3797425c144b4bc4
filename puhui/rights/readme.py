"""The page that comes with an export: what is what, what is not in it and why."""

from collections.abc import Iterator
from datetime import datetime

from puhui.db.personal import About
from puhui.kernel.clock import day_of
from puhui.kernel.text import N_
from puhui.rights.packages import PACKAGES
from puhui.web.locale import translations

_SENTENCES = (
    N_("这里是平台保存的、关于您的全部资料，整理于 %(day)s。"),
    N_("everything.json 供程序读取：每类资料一个列表，数字和时间写成文字，没有舍入。"),
    N_("csv 文件夹里每类资料一张表，可以用表格软件打开。"),
    N_("photographs 文件夹里是您的照片，拍摄信息在收到时已经去除。"),
    N_("没有列出的是：密码、验证码和登录凭证的哈希，兑换码，设备的摘要，以及替您核查的人是谁。"),
    N_("acted.csv 列出您以机构成员身份做过的事：表、编号和您在其中的身份。"),
)
_STAYS = N_("要求注销之后会怎样")
_GOES = N_("随注销删除")


def readme(now: datetime) -> str:
    """Return the page, Chinese first, English below."""
    return "\n".join((*_page("zh", now), "", "-" * 72, "", *_page("en", now), ""))


def _page(language: str, now: datetime) -> Iterator[str]:
    said = translations(language).gettext
    for sentence in _SENTENCES:
        yield said(sentence) % {"day": day_of(now).isoformat()}
    yield ""
    yield said(_STAYS)
    for about in sorted(everything(), key=lambda about: about.subject):
        yield f"  {about.subject}: {said(about.stays) if about.stays else said(_GOES)}"


def everything() -> list[About]:
    """Return every subject that an export may hold."""
    return [about for package in PACKAGES for about in package.about]
