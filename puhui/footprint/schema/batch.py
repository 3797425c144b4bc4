"""Batches of serials on the wire."""

from puhui.footprint.envelope import LONGEST_CERTIFICATE
from puhui.footprint.parcel import MOST_PICTURES, Form
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.schema import Boolean, Code, Enum, Instant, Nested, Schema, Text, Uuid, Whole

MOST_SERIALS = 1_000_000


class NewSerialBatchSchema(Schema):
    """How many serials to print."""

    count = Whole(required=True, minimum=10, maximum=MOST_SERIALS)


class SecretsSchema(Schema):
    """In which form the secrets shall leave."""

    form = Enum(Form, load_default=Form.CSV, description="csv 列表；其余为压缩包，含列表与印刷文件")
    confirmed = Boolean(required=True, description="确认：文件只给一次，遗失须作废重印")
    certificate = Text(
        LONGEST_CERTIFICATE,
        load_default=None,
        allow_none=True,
        description="印刷方的 X.509 证书（PEM，RSA 2048 位以上，在有效期内）；"
        "给出则文件加密为 CMS（.p7m），只有印刷方能打开；不给则为明文",
    )


class StatesSchema(Schema):
    """How many serials are where."""

    printed = Whole(required=True, minimum=0)
    shipped = Whole(required=True, minimum=0)
    sold = Whole(required=True, minimum=0)
    claimed = Whole(required=True, minimum=0)
    void = Whole(required=True, minimum=0)


class SerialBatchSchema(Schema):
    """Serials printed together."""

    batch_id = Uuid(required=True)
    label_id = Uuid(required=True)
    count = Whole(required=True, minimum=1)
    made = Whole(required=True, minimum=0, description="已生成")
    job = Code(r"running|stopped|finished|failed|stuck", required=True)
    printed_at = Instant(required=True)
    left_at = Instant(required=True, allow_none=True, description="密码文件何时离开平台")
    left_by = Uuid(required=True, allow_none=True, description="由谁取走")
    left_as = Code("csv|svg|png|a4|roll", required=True, allow_none=True)
    left_for = Code(
        "[0-9a-f]{64}",
        required=True,
        allow_none=True,
        description="文件为哪张证书加密（证书的 SHA-256）；空则为明文",
    )
    shipped_at = Instant(required=True, allow_none=True)
    voided_at = Instant(required=True, allow_none=True)
    states = Nested(StatesSchema, required=True)


def faults_of_wish(form: Form, confirmed: bool, count: int) -> list[Fault]:
    """Return what speaks against handing over the secrets of so many units in this form."""
    faults = []
    if not confirmed:
        faults.append(Fault("not_confirmed", N_("请先确认：文件只给一次"), field="confirmed"))
    if form in (Form.SVG, Form.PNG) and count > MOST_PICTURES:
        faults.append(
            Fault(
                "too_many",
                N_("单张图片最多 %(most)s 件，请改用列表或印刷版面"),
                field="form",
                values={"most": MOST_PICTURES},
            )
        )
    return faults
