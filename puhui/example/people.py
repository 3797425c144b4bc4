"""Who lives in the example province."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from puhui.kernel.actor import Role

EXAMPLE = UUID("6b3f5a52-1d0a-5f6e-9a53-3b1f0f6c2026")
PASSWORD = "zhu-hai-2026-shi-li"  # noqa: S105  printed at every start; this province is invented


def example_id(name: str) -> UUID:
    """Return the identifier of the example thing called `name`, the same everywhere."""
    return uuid5(EXAMPLE, name)


@dataclass(frozen=True)
class Organisation:
    """An invented organisation; its code passes the check and belongs to nobody."""

    key: str
    uscc: str
    name: str
    name_en: str
    county_code: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Person:
    """An invented person: numbers that begin with 1380000 were never given out."""

    key: str
    phone: str
    name: str
    does_zh: str
    does_en: str
    birth_year: int
    roles: tuple[tuple[str, Role], ...] = ()

    @property
    def password(self) -> str | None:
        """Staff sign in with a password too, citizens with a code only."""
        return PASSWORD if self.roles else None


ORGANISATIONS = (
    Organisation(
        "maker",
        "91350481MA0EXAMP1D",
        "永安竹海竹业（示例）",
        "Yong'an Bamboo Sea (example)",
        "350481",
        (Role.MANUFACTURER,),
    ),
    Organisation(
        "shop",
        "91350100MA0EXAMP2N",
        "榕城竹木生活馆（示例）",
        "Rongcheng Bamboo Living (example)",
        "350102",
        (Role.RETAILER,),
    ),
    Organisation(
        "organiser",
        "91350200MA0EXAMP2U",
        "八闽会展（示例）",
        "Bamin Exhibitions (example)",
        "350203",
        (Role.ORGANISER,),
    ),
    Organisation(
        "verifier",
        "12350000MA0EXAMP3R",
        "闽北核验中心（示例）",
        "Northern Fujian Verification Centre (example)",
        "350702",
        (Role.VERIFIER,),
    ),
    Organisation(
        "forest",
        "52350428MA0EXAMP66",
        "将乐古树守护队（示例）",
        "Jiangle Old Tree Wardens (example)",
        "350428",
        (),
    ),
    Organisation(
        "platform",
        "12350000MA0EXAMP50",
        "福建碳普惠运营中心（示例）",
        "Fujian Carbon Inclusion Operations (example)",
        "350102",
        (Role.OPERATOR, Role.AUDITOR),
    ),
)

PEOPLE = (
    Person("li", "13800000001", "李雷", "种树、买竹制品", "plants trees, buys bamboo", 1992),
    Person("wang", "13800000002", "王芳", "种树", "plants trees", 1988),
    Person(
        "han", "13800000003", "韩梅梅", "核查员", "verifier", 1985, (("verifier", Role.VERIFIER),)
    ),
    Person(
        "zhao",
        "13800000008",
        "赵敏",
        "第二位核查员",
        "second verifier",
        1979,
        (("verifier", Role.VERIFIER),),
    ),
    Person(
        "lin",
        "13800000004",
        "林竹生",
        "竹制品厂家",
        "bamboo manufacturer",
        1975,
        (("maker", Role.MANUFACTURER),),
    ),
    Person(
        "chen", "13800000005", "陈店长", "零售店长", "retailer", 1990, (("shop", Role.RETAILER),)
    ),
    Person(
        "huang",
        "13800000006",
        "黄会务",
        "会议主办方",
        "event organiser",
        1987,
        (("organiser", Role.ORGANISER),),
    ),
    Person(
        "zhou",
        "13800000007",
        "周运营",
        "平台运营人员",
        "platform operator",
        1983,
        (("platform", Role.OPERATOR),),
    ),
    Person("wu", "13800000009", "吴审计", "审计员", "auditor", 1970, (("platform", Role.AUDITOR),)),
    Person("zheng", "13800000010", "郑山", "常口村植树队队长", "leads a village team", 1980),
    Person("he", "13800000011", "何小溪", "种树", "plants trees", 1995),
    Person("luo", "13800000012", "罗大树", "种树", "plants trees", 1969),
    Person("guo", "13800000013", "郭老师", "学校植树队队长", "leads a school team", 1984),
    Person("xiaoman", "13800000014", "小满", "中学生", "pupil", 2010),
)
