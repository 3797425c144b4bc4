"""What the public register keeps of people: nothing that could be read."""

from puhui.db.personal import Personal
from puhui.kernel.text import N_
from puhui.register.model import RegisterCheckpoint, RegisterEntry, RegisterKey, RegisterNode

PERSONAL = Personal(
    "register",
    of_nobody={
        RegisterEntry: N_("编号和加盐承诺；盐销毁之后，承诺不再能打开"),
        RegisterNode: N_("哈希"),
        RegisterCheckpoint: N_("登记簿自己的签名"),
        RegisterKey: N_("登记簿自己的公钥"),
    },
)
