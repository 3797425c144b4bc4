"""What the web layer keeps of people: fingerprints that nobody can read."""

from puhui.db.personal import Personal
from puhui.kernel.text import N_
from puhui.web.model import RequestName

PERSONAL = Personal(
    "web",
    of_nobody={
        RequestName: N_("请求的名称和指纹（SHA-256），不含请求的内容，也查不出是谁的请求"),
    },
)
