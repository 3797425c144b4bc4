"""What an erasure means, in the words that are shown before anybody asks for it."""

from puhui.kernel.text import N_

MEANING = (
    N_("手机号、称呼、出生年份、登录、照片、拍照地点和您写下的话都会删除，不能恢复。"),
    N_("剩下的积分全部作废；账本上留一笔，写明原因。"),
    N_("已核实的树仍然算数，但不再算在您名下；未核实的不再核实。"),
    N_("账本和公开登记里的编号留下，好让任何人都能核对；编号不再指向任何人。"),
    N_("证书仍可验证，但您的姓名和打开它的盐会销毁，再没有人能证明证书上是谁。"),
    N_("您在机构中的角色结束；机构的产品、会议和核查记录属于机构，留下但不再有您的名字。"),
    N_("同意的记录只留用途、文字的哈希、时间和方式，作为当时获得同意的证明。"),
    N_("数据库备份最多再留35天，到期覆盖；恢复备份时会先再次注销。"),
)
"""True to the declarations in each package's `personal.py`; `docs/privacy.md` has every table."""
