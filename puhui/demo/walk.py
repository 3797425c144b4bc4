"""The three flows, step by step, each figure beside what the example computes by hand.

Everything is named after the example, so that walking again changes nothing and ends the same.
"""

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from puhui.demo.visitor import PATIENCE_S, Astray, Visitor, code_for
from puhui.example.load import EXAMPLES
from puhui.example.people import ORGANISATIONS, PASSWORD, PEOPLE, example_id
from puhui.web.workbook import XLSX

PHONES = {one.key: one.phone for one in PEOPLE}
NAMES = {one.key: one.name for one in PEOPLE}


class Walk:
    """A walk through one installation."""

    def __init__(self, url: str, keep: Path, codes: Path | None, say: Callable[[str], None]):
        self.url = url.rstrip("/")
        self.keep = keep
        """Where the file of serials goes that leaves the platform once."""
        self.codes = codes
        self.say = say
        self.public = Visitor(self.url)
        self.told: dict[str, Any] = json.loads(
            (EXAMPLES / "expected.json").read_text(encoding="utf-8")
        )

    def all(self) -> None:
        """Walk all three flows.

        Raises:
            Astray: something is not as the example says.
        """
        li = self.citizen("li")
        self.planting(li)
        self.product(li)
        self.event()

    def step(self, text: str, found: object = None, expected: object = None) -> None:
        """Say what was done, and compare a figure with what it ought to be."""
        if expected is None:
            self.say(f"  ✓ {text}" + (f": {found}" if found is not None else ""))
        elif found == expected:
            self.say(f"  ✓ {text}: {found}")
        else:
            self.say(f"  ✗ {text}: {found}，应为 / should be {expected}")
            raise Astray(text)

    def citizen(self, key: str) -> Visitor:
        """Sign a citizen in with a one-time code."""
        phone, code_id = PHONES[key], uuid4()
        held = len(self.codes.read_text("utf-8")) if self.codes and self.codes.exists() else 0
        visitor = Visitor(self.url)
        visitor.ask("PUT", f"/api/sign-in/codes/{code_id}", {"phone": phone})
        code = code_for(phone, self.codes, held)
        signed = visitor.ask("POST", "/api/sign-in", {"code_id": str(code_id), "code": code})
        visitor.token = signed.json["token"]
        self.step(f"{NAMES[key]} 用验证码登录 / signs in with a code")
        return visitor

    def staff(self, key: str) -> Visitor:
        """Sign somebody of the staff in with the password."""
        visitor = Visitor(self.url)
        given = {"phone": PHONES[key], "password": PASSWORD}
        visitor.token = visitor.ask("POST", "/api/sign-in/password", given).json["token"]
        self.step(f"{NAMES[key]} 用密码登录 / signs in with a password")
        return visitor

    def until(self, what: str, ready: Callable[[], Any]) -> Any:
        """Wait for what follows by itself.

        Raises:
            Astray: it does not follow.
        """
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if found := ready():
                return found
            time.sleep(0.5)
        raise Astray(f"{what}: 等了 {PATIENCE_S} 秒 / waited {PATIENCE_S} s")

    # A planting becomes points ---------------------------------------------------------------

    def planting(self, li: Visitor) -> None:
        """Li Lei plants three camphor trees."""
        self.say("\n一　植树得积分 / A planting becomes points")
        told = json.loads((EXAMPLES / "planting.json").read_text(encoding="utf-8"))
        planting_id, photo_id = example_id("demo planting"), example_id("demo photograph")
        photo = (EXAMPLES / told["planting"]["photo"]).read_bytes()
        for _ in range(2):
            li.ask("PUT", f"/api/photos/{photo_id}", data=photo, kind="image/jpeg")
        self.step("上传照片，拍摄信息读取后删除 / photograph sent; its metadata read, then removed")

        url = f"/api/plantings/{planting_id}"
        earlier = li.ask("GET", url, fine=(200, 404))
        draft = {
            **{key: told["planting"][key] for key in ("base_id", "species", "trees")},
            "planted_on": earlier.json["planted_on"]
            if earlier.status == 200
            else date.today().isoformat(),  # noqa: DTZ011  the day where one stands
            "photo_ids": [str(photo_id)],
        }
        logged = li.ask("PUT", url, draft, fine=(201, 409))
        if logged.status == 409 and logged.json["code"] == "photo_used":
            # A photograph counts once. Somebody has logged it by hand: that planting it is.
            planting_id = UUID(logged.json["planting"])
            url = f"/api/plantings/{planting_id}"
            self.step("照片已用于先前的登记，以它为准 / the photograph was logged before")
        else:
            li.put(url, draft)
            self.step("登记三株樟树，两次当一次 / three camphor trees logged; twice is once")

        han = self.staff("han")
        han.ask("POST", f"{url}/review", {"verdict": "approve"})
        self.step("核查员看过照片，通过 / the verifier has seen it and approves")
        planting = self.until("积分 / points", lambda: self._paid(li, url))
        expected = told["expected"]
        self.step("积分 / points", planting["points"], expected["points"])
        line = self._line(li, str(planting_id))
        self.step("规则 / rule", line["award"]["rule"]["citation"], expected["rule"])
        self.step("算法 / how", line["award"]["explanation"][0], expected["by_hand"])

    @staticmethod
    def _paid(li: Visitor, url: str) -> Any:
        found = li.get(url)
        return found if found.get("points") else None

    def _line(self, li: Visitor, cause_id: str) -> Any:
        path = "/api/wallet/statement?limit=100"
        while path:
            page = li.get(path)
            for line in page["items"]:
                if line["award"] and line["award"]["cause_id"] == cause_id:
                    return line
            path = (page["next"] or "").removeprefix(self.url)
        return None

    # A product gets a footprint, a label, a buyer --------------------------------------------

    def product(self, li: Visitor) -> None:
        """Lin's bamboo board."""
        self.say("\n二　竹板的碳足迹与碳标签 / A bamboo board gets a footprint and a label")
        expected = self.told["product"]
        lin = self.staff("lin")
        product, footprint, label = (
            example_id(f"demo {name}") for name in ("product", "footprint", "label")
        )
        maker = next(one for one in ORGANISATIONS if one.key == "maker")
        lin.put(
            f"/api/products/{product}",
            {
                **expected["draft"],
                "organisation_id": str(example_id(f"organisation {maker.key}")),
            },
        )
        self.step("登记产品 / product registered", expected["draft"]["name_zh"])
        spoilt = json.loads((EXAMPLES / "bamboo-board.json").read_text(encoding="utf-8"))
        spoilt["lines"][2]["unit"], spoilt["lines"][5]["amount"] = "斛", "-1"
        refused = lin.ask("PUT", f"/api/products/{product}/inventory", spoilt, fine=(422,))
        rows = sorted({fault["row"] for fault in refused.json["errors"]})
        self.step("写错两行，一次指出 / two faulty lines named at once, rows", rows, [3, 6])
        sent = lin.ask(
            "POST",
            f"/api/products/{product}/inventory.xlsx",
            data=(EXAMPLES / "bamboo-board.xlsx").read_bytes(),
            kind=XLSX,
        )
        self.step("上传清单表格 / spreadsheet sent, lines", sent.json["lines"], expected["lines"])
        made = lin.put(f"/api/footprints/{footprint}", {"product_id": str(product)})
        self.step(
            "碳足迹 / footprint, kg CO2e per m³", made["footprint_kg"], expected["footprint_kg"]
        )
        lin.put(f"/api/footprints/{footprint}/submission")
        han = self.staff("han")
        checklist = han.get("/api/footprints/checklist")
        answers = [{"point": point["key"], "answer": "yes"} for point in checklist["points"]]
        han.put(
            f"/api/footprints/{footprint}/reviews/{example_id('demo review')}",
            {"checklist": checklist["version"], "answers": answers},
        )
        verdict = han.put(f"/api/footprints/{footprint}/decision", {"verdict": "verified"})
        self.step("另一人核验 / verified by somebody else", verdict["state"], "verified")
        issued = lin.put(f"/api/labels/{label}", {"footprint_id": str(footprint)})
        self.step("碳标签 / label", issued["url"])
        page = self.public.page(f"/l/{issued['code']}")
        self.step("公开页写着数字 / the public page says it", expected["on_page"] in page, True)
        self._recompute(self.public, f"/api/footprints/{footprint}/calculation")

        serial = self._serials(lin, str(label))
        shop = self.staff("chen")
        shop.ask("POST", "/api/serials/sales", {"tokens": [serial["code"]]})
        self.step("店里卖出一件 / the shop sells one")
        given = {"code": serial["code"], "pin": serial["pin"]}
        li.ask("POST", "/api/serials/claims", given)
        again = li.ask("POST", "/api/serials/claims", given)
        self.step("买家认领，再来一次不变 / claimed; again changes nothing")
        cause = again.json["serial_id"]
        line = self.until("积分 / points", lambda: self._line(li, cause))
        self.step("积分 / points", line["amount"], expected["points"])

    def _recompute(self, visitor: Visitor, path: str) -> None:
        document = visitor.ask("GET", path).data
        with TemporaryDirectory() as folder:
            file = Path(folder) / "calculation.json"
            file.write_bytes(document)
            self._command("footprint", "recompute", str(file))
        self.step("下载计算书，离线重算一致 / the calculation recomputes offline to the digit")

    def _serials(self, lin: Visitor, label: str) -> dict[str, str]:
        """Print ten serials, or find the file of the walk that printed them."""
        file = self.keep / "serials.csv"
        begun = lin.ask("POST", f"/api/labels/{label}/batches", {"count": 10}, key="demo")
        batch = begun.headers["Location"]
        self.until("印制 / printing", lambda: lin.get(batch)["made"] == 10)
        wish = {"form": "csv", "confirmed": True}
        printed = lin.ask("POST", f"{batch}/secrets", wish, fine=(200, 409))
        if printed.status == 200:
            self.keep.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_bytes(printed.data)
            lin.put(f"{batch}/shipment")
            self.step("印制10个序列号，密钥只交付一次 / ten serials; their secrets leave once")
        elif printed.json["code"] != "secrets_left" or not file.exists():
            raise Astray(
                f"序列号已经印制，{file} 不在了 / The serials were printed before and {file} "
                "is gone: walk in another --data folder"
            )
        else:
            self.step("序列号已在上次印制 / the serials of the last walk", file.name)
        return next(csv.DictReader(StringIO(file.read_text("utf-8-sig"))))

    # An event becomes carbon-neutral ---------------------------------------------------------

    def event(self) -> None:
        """A conference on forest carbon."""
        self.say("\n三　会议碳中和 / An event becomes carbon-neutral")
        told = json.loads((EXAMPLES / "event.json").read_text(encoding="utf-8"))
        expected = self.told["event"]
        huang = self.staff("huang")
        event = f"/api/events/{example_id('demo event')}"
        place = str(example_id("organisation organiser"))
        huang.put(event, {**told["event"], "organisation_id": place})
        huang.put(f"{event}/inventory", told["inventory"])
        self.step("登记会议与用量 / event and amounts", told["event"]["title_zh"])
        attendees = huang.ask(
            "POST",
            f"{event}/attendees",
            data=(EXAMPLES / told["attendees"]).read_bytes(),
            kind="text/csv",
            key="demo",
        ).json
        self.step("参会名单 / people in the list", attendees["people"], expected["people"])
        self.step("合并重复 / merged", attendees["merged"], expected["merged"])
        huang.put(
            f"{event}/attendees/{attendees['list_id']}/cities", {"decisions": told["decisions"]}
        )
        plan = huang.put(
            f"{event}/reduction-plans/{example_id('demo reduction plan')}",
            {"measures": told["measures"]},
        )
        saving = plan["document"]["measures"][0]["expected"]["saving_kg"]
        self.step("减排方案 / reduction plan, kg", saving, expected["saving_kg"])
        estimates = f"{event}/estimates/{example_id('demo estimate')}"
        estimate = huang.put(estimates, {"stage": told["stage"]})
        self.step("排放 / emissions, kg", estimate["total_kg"], expected["total_kg"])
        self.step("需要 / needed, kg", estimate["need_kg"], expected["need_kg"])

        offer_id = example_id("demo offer")
        offer = f"{event}/offers/{offer_id}"
        held = huang.put(offer, told["wishes"])
        bundle = {line["kind"]: line["quantity_kg"] for line in held["lines"]}
        self.step("碳汇组合 / bundle, kg", bundle, expected["bundle_kg"])
        self.step("价格 / price, fen", held["total_fen"], expected["price_fen"])
        huang.put(f"{offer}/acceptance")
        zhou = self.staff("zhou")
        zhou.put(
            f"/api/credits/holds/{held['offer_id']}/payment",
            {
                "reference": "DEMO20261001000123",
                "amount_fen": expected["price_fen"],
                "paid_on": "2026-10-01",
            },
        )
        self.step("银行到账由运营人员确认 / bank transfer confirmed by the operator")
        state = self.until("注销 / retirement", lambda: self._neutral(event))
        self.step("已注销 / retired, kg", state["retired_kg"], expected["need_kg"])
        word = huang.put(
            f"{event}/confirmations/{example_id('demo confirmation')}",
            {
                "organisation_id": place,
                "says_zh": "本单位承诺声明内容真实，接受社会监督。",
                "says_en": "We declare that this statement is true.",
            },
        )
        self.step("碳中和声明 / statement of neutrality", word["kind"], "neutral")
        code = huang.get(offer)["certificate"]
        page = self.public.page(f"/c/{code}")
        self.step("证书页 / certificate", told["event"]["title_zh"] in page, True)
        pdf = self.public.ask("GET", f"/c/{code}.pdf").data
        self.step("证书 PDF / PDF", pdf[:5], b"%PDF-")
        self.until("存在性证明 / proof", lambda: self._proved(code))
        self.step("离线核验登记簿证明 / the register's proof checks offline")

    def _neutral(self, event: str) -> Any:
        standing = self.public.get(event)["standing"]
        return standing if standing["state"] == "neutral" else None

    def _proved(self, code: str) -> bool:
        document = self.public.ask("GET", f"/api/credits/certificates/{code}").data
        key = self.public.ask("GET", "/log/key").data.decode().strip()
        with TemporaryDirectory() as folder, suppress(Astray):
            file = Path(folder) / "certificate.json"
            file.write_bytes(document)
            self._command("register", "check", str(file), "--key", key)
            return True
        return False

    @staticmethod
    def _command(*arguments: str) -> None:
        """Run a command that needs no database.

        Raises:
            Astray: it says no.
        """
        done = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-m", "puhui.cli", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Astray(f"puhui {' '.join(arguments[:2])}: {done.stderr or done.stdout}")
