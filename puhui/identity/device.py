"""What a browser says of itself, in the few words that its owner recognises."""

LENGTH = 60

_PROGRAMS = (
    ("MicroMessenger", "微信"),
    ("AlipayClient", "支付宝"),
    ("HuaweiBrowser", "Huawei"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def described(user_agent: str) -> str:
    """Return program and system, such as `Chrome · Android`; else how the first word begins.

    The rest of what a browser says is not kept: it would only help to tell people apart.
    """
    found = [
        next((name for mark, name in table if mark in user_agent), "")
        for table in (_PROGRAMS, _SYSTEMS)
    ]
    if any(found):
        return " · ".join(part for part in found if part)
    return user_agent.split("/")[0].split(" ")[0][:LENGTH]
