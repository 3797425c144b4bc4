"""Register entries on the wire."""

from puhui.web.paging import PageQuery
from puhui.web.schema import Code, Instant, Object, Schema, Text, Uuid, Whole

_KIND = r"[a-z][a-z0-9_]*"
_HASH = r"[0-9a-f]{64}"


class EntriesQuery(PageQuery):
    """Which entries to list."""

    kind = Code(_KIND, most=40, load_default=None, description="只列这一种记录")
    subject_id = Text(200, load_default=None, description="只列关于这一事项的记录")


class EntrySchema(Schema):
    """What the register says about something."""

    entry_id = Uuid(required=True)
    kind = Code(_KIND, most=40, required=True, example="retirement")
    subject_id = Text(200, required=True)
    index = Whole(
        minimum=0, required=True, allow_none=True, description="登记簿中的序号，尚未编号时为空"
    )
    recorded_at = Instant(required=True)
    leaf_hash = Code(
        _HASH,
        required=True,
        allow_none=True,
        description="RFC 9162 叶哈希：SHA-256(0x00 与 RFC 8785 规范形式的 entry)",
    )
    entry = Object(required=True, description="登记的内容，个人信息只以加盐承诺出现")


class ProvedEntrySchema(EntrySchema):
    """An entry with its proof; as a file it can be checked with `puhui register check`."""

    proof = Text(
        200_000,
        required=True,
        allow_none=True,
        description="c2sp.org/tlog-proof@v1 证明文件，尚未签名时为空",
    )
    key = Text(
        400,
        required=True,
        allow_none=True,
        description="登记簿现用的公钥（name+id+base64），应当从可信之处另行取得并核对",
    )
