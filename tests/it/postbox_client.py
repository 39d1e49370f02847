"""Calls the postbox as a bank does, with zeep: postbox_client.py WSDL ACCOUNT OTHER PASSWORD.

OTHER is another bank's account with the same password. Ends with 1 at the first thing that is wrong.
"""

import base64
import sys
import xml.etree.ElementTree as tree

from zeep import Client

WSDL, ACCOUNT, OTHER, PASSWORD = sys.argv[1:]


def sealed(root, *rows):
    """A document as the service takes it: each value GBK and Base64, the whole Base64 again."""
    lines = []
    for name, values in rows:
        written = " ".join(f'{key}="{base64.b64encode(value.encode("gbk")).decode()}"' for key, value in values.items())
        lines.append(f"<{name} {written}/>")
    text = f'<?xml version="1.0" encoding="UTF-8"?><{root}>{"".join(lines)}</{root}>'
    return base64.b64encode(text.encode()).decode()


def opened(answer):
    """The rows of an answer, and the attributes of its root."""
    root = tree.fromstring(base64.b64decode(answer))
    plain = lambda one: {key: base64.b64decode(value).decode("gb18030") for key, value in one.attrib.items()}
    return plain(root), [plain(one) for one in root.iter() if one is not root and one.attrib]


def check(holds, what):
    if not holds:
        sys.exit(f"wrong: {what}")


service = Client(WSDL).service
me = sealed("usermarker", ("condition", {"username": ACCOUNT, "password": PASSWORD}))
other = sealed("usermarker", ("condition", {"username": OTHER, "password": PASSWORD}))
stranger = sealed("usermarker", ("condition", {"username": ACCOUNT, "password": PASSWORD + "x"}))

said, rows = opened(service.getXzcxList(stranger))
check(said.get("errorMsg") and not rows, f"a wrong password is given {rows}")

_, orders = opened(service.getXzcxList(me))
check(len(orders) == 1, f"{len(orders)} orders on offer")
_, again = opened(service.getXzcxList(me))
check(again == orders, "an order stays on offer until it is fed back")
order = orders[0]
number, key = order["BDHM"], order["WSBH"]

_, documents = opened(service.cxwsInfo(me, sealed("wsbhinfo", ("condition", {"WSBH": key}))))
check(documents and all(document["WSNR"] for document in documents), f"documents: {documents}")
_, none = opened(service.cxwsInfo(me, sealed("wsbhinfo", ("condition", {"WSBH": "WS00000000000000000000"}))))
check(not none, f"documents under a key that is nobody's: {none}")
_, certificates = opened(service.zjInfo(me, sealed("bdhminfo", ("condition", {"BDHM": number}))))
check(certificates and certificates[0]["GZZBM"], f"certificates: {certificates}")

nothing = {"CCXH": "1", "KHZH": "查无开户信息"}
account = {"CCXH": "1", "KHZH": "9990000000000000011", "CCLB": "一般存款账户", "BZ": "156", "YE": "9.00", "KYYE": "9.00"}
feed = sealed(
    "zhxxList",
    ("zhxx", {"BDHM": number, **account}),
    ("zhxx", {"BDHM": "CK20260105000000999999", **nothing}),
)
_, none = opened(service.zjInfo(other, sealed("bdhminfo", ("condition", {"BDHM": number}))))
check(not none, f"certificates of another bank's order: {none}")
early = sealed("wlxxList", ("wlxx", {"BDHM": number, "CCXH": "1", "WLXH": "1", "JE": "1.00", "JYLSH": "000001"}))
_, verdicts = opened(service.shfeedXzcxwlxxInfo(me, early))
check(verdicts and verdicts[0]["result"] == "fail", f"transactions before their account: {verdicts}")
_, verdicts = opened(service.shfeedXzcxInfo(other, feed))
check(all(verdict["result"] == "fail" for verdict in verdicts), f"another bank's order: {verdicts}")
_, verdicts = opened(service.shfeedXzcxInfo(me, feed))
outcome = {verdict["bdhm"]: (verdict["result"], verdict["msg"]) for verdict in verdicts}
check(outcome[number][0] == "success", f"the first time: {verdicts}")
check(outcome["CK20260105000000999999"][0] == "fail", f"a stranger: {verdicts}")
_, verdicts = opened(service.shfeedXzcxInfo(me, feed))
outcome = {verdict["bdhm"]: (verdict["result"], verdict["msg"]) for verdict in verdicts}
check(outcome[number] == ("fail", "已经反馈, 不能再次反馈"), f"the second time: {verdicts}")


def moved(place, serial):
    """A transaction of an account of the answer, on its own."""
    about = {"BDHM": number, "CCXH": place, "WLXH": "1", "JYZL": "网上转账", "ZJLX": "转出", "BZ": "156"}
    return sealed("wlxxList", ("wlxx", {**about, "JE": "100.00", "JYSJ": "2025/08/01 09:11:24", "JYLSH": serial}))


for document, expected in [
    (moved("1", "000001"), "success"),
    (moved("1", "000002"), "success"),
    (moved("1", "000002"), "fail"),
    (moved("7", "000003"), "fail"),
]:
    _, verdicts = opened(service.shfeedXzcxwlxxInfo(me, document))
    outcome = [(verdict["bdhm"], verdict["result"]) for verdict in verdicts]
    check(outcome == [(number, expected)], f"transactions on their own: {verdicts}")
_, verdicts = opened(service.shfeedXzcxInfo(me, feed))
outcome = {verdict["bdhm"]: (verdict["result"], verdict["msg"]) for verdict in verdicts}
check(outcome[number] == ("fail", "已经反馈, 不能再次反馈"), f"accounts again, after their transactions: {verdicts}")
_, orders = opened(service.getXzcxList(me))
check(not orders, f"still on offer: {orders}")
print(number)
