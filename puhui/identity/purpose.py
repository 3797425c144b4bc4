"""What people are asked to agree to, one purpose at a time, in words they can read.

The sentence is the agreement: its hash is kept with every consent, and a consent to an earlier
sentence is not a consent to this one.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from puhui.kernel.text import N_


class Purpose(StrEnum):
    """One use of personal data that is not needed for the service itself."""

    LOCATION = "location"
    PHOTO_PUBLICITY = "photo_publicity"
    CERTIFICATE_NAME = "certificate_name"
    RANKING = "ranking"
    TEAM = "team"
    MARKETING = "marketing"
    DELIVERY = "delivery"
    GUARDIAN = "guardian"


@dataclass(frozen=True)
class Text:
    """What the person reads: a heading and the sentence agreed to."""

    title: str
    sentence: str

    @property
    def hash(self) -> str:
        """SHA-256 of the Chinese sentence, in hexadecimal."""
        return sha256(self.sentence.encode()).hexdigest()


TEXTS: dict[Purpose, Text] = {
    Purpose.LOCATION: Text(
        N_("拍照地点"),
        N_(
            "同意在登记植树时记录一个拍照地点，用于核实。精确位置只给本人、指定核验员和审计员看，"
            "对外只显示到县；不记录行踪轨迹。随时可以撤回，撤回后不再收集。"
        ),
    ),
    Purpose.PHOTO_PUBLICITY: Text(
        N_("公开照片"),
        N_("同意公开展示我提交的植树照片，照片中的拍摄信息已去除。随时可以撤回，撤回后不再展示。"),
    ),
    Purpose.CERTIFICATE_NAME: Text(
        N_("证书署名"),
        N_("同意在公开的证书上显示我的称呼。随时可以撤回，撤回后新的证书不再署名。"),
    ),
    Purpose.RANKING: Text(
        N_("参加排行"),
        N_("同意在排行中显示我的称呼和积分。随时可以撤回，撤回后不再显示。"),
    ),
    Purpose.TEAM: Text(
        N_("队内公开"),
        N_(
            "同意让同队成员看到我加入之后的核实株数、小时和积分。不同意时只计入全队合计。"
            "随时可以撤回，撤回后不再显示。"
        ),
    ),
    Purpose.MARKETING: Text(
        N_("活动消息"),
        N_("同意接收活动和商品的消息。随时可以撤回，撤回后不再发送。"),
    ),
    Purpose.DELIVERY: Text(
        N_("寄送地址"),
        N_(
            "同意为寄送兑换的商品保存我填写的收件人、电话和地址，加密保存，只给负责寄送的商户看，"
            "签收或退还后按期删除。随时可以撤回，撤回后商户不能再看到地址。"
        ),
    ),
    Purpose.GUARDIAN: Text(
        N_("监护人同意"),
        N_(
            "我是这个孩子的监护人，已满十八周岁。同意平台为植树和积分保存孩子的手机号、称呼和出生年份；"
            "不公开、不排行、不用于营销。随时可以撤回，撤回后孩子不能再使用平台，直到再次同意。"
        ),
    ),
}

OWN = tuple(purpose for purpose in Purpose if purpose is not Purpose.GUARDIAN)
"""What a person decides for themselves, in the order of the page."""

FOR_MINORS = frozenset({Purpose.LOCATION})
"""What a guardian may agree to for a child. No public name, picture or ranking below 14."""

FOR_ADULTS = frozenset({Purpose.RANKING, Purpose.TEAM})
"""What nobody agrees to below 18: being shown to others by name with what one has done."""

EARLIER: tuple[str, ...] = ()
"""Sentences that people agreed to before: whoever changes one above moves the old one here, so
that a consent can be read for as long as it is kept."""

WORDINGS = {text.hash: text.sentence for text in TEXTS.values()} | {
    sha256(sentence.encode()).hexdigest(): sentence for sentence in EARLIER
}
"""Every sentence that somebody may have agreed to, by its hash."""
