"""Calls the point-to-point service as a registry does, with zeep: registry_client.py WSDL ACCOUNT PASSWORD.

Ends with 1 at the first thing that is wrong.
"""

import base64
import sys
import xml.etree.ElementTree as tree

from zeep import Client

WSDL, ACCOUNT, PASSWORD = sys.argv[1:]


def b64(text):
    return base64.b64encode(text.encode()).decode()


def sealed(name, content):
    """An element as it travels: each leaf Base64, the whole Base64 again. Content is a text or a list of pairs."""

    def written(name, content):
        inside = b64(content) if isinstance(content, str) else "".join(written(*child) for child in content)
        return f"<{name}>{inside}</{name}>"

    return b64(written(name, content))


def opened(answer):
    """The root of an answer with its leaves in the clear."""
    root = tree.fromstring(base64.b64decode(answer))
    for one in root.iter():
        if not len(one) and one.text:
            one.text = base64.b64decode(one.text).decode()
    return root


def check(holds, what):
    if not holds:
        sys.exit(f"wrong: {what}")


def login(password):
    return sealed("USERMARKER", [("CONDITION", [("USERNAME", ACCOUNT), ("PASSWORD", password)])])


service = Client(WSDL).service
me = login(PASSWORD)

turned_away = opened(service.cxBdcQL(login(PASSWORD + "x")))
check(turned_away.get("ErrorMSG") and turned_away.find("Data") is None, "a wrong password is given something")

waiting = opened(service.cxBdcQL(me)).findall("./Data/BDCCXQQLIST/BDCCXQQ")
check(len(waiting) == 1, f"{len(waiting)} requests wait")
number = waiting[0].findtext("CXQQDH")
check(waiting[0].findtext("XM") == "临汾测试矿业有限公司", "the name")
check(waiting[0].findtext("ZJZL") == "8" and waiting[0].findtext("XZ") == "2", "kind of document and of person")
check(not opened(service.kzBdcQL(me)).findall("./Data/BDCKZQQLIST/BDCKZQQ"), "a control waits")

about = sealed("CXQQDHINFO", [("CONDITION", [("CXQQDH", number)])])
papers = opened(service.kzwsInfo(me, about)).findall("WSINFO")
check(papers and base64.b64decode(papers[0].findtext("WSNR")), "papers")
cards = opened(service.zjInfo(me, about)).findall("ZJINFO")
check(cards and cards[0].findtext("GZZBM"), "certificates")
unknown = sealed("CXQQDHINFO", [("CONDITION", [("CXQQDH", "CK20260105000000999999")])])
check(opened(service.kzwsInfo(me, unknown)).get("ErrorMSG"), "papers of a request never made")


def feedback(number):
    result = [("CXQQDH", number), ("RESULT", "0100")]
    head = ("Head", [("CREATETIME", "2026/1/5"), ("DIGITALSIGN", "")])
    return sealed("Message", [head, ("Data", [("BDCFKLIST", [("BDCCXJG", result)])])])


def outcome(answer):
    return [(one.findtext("CXQQDH"), one.findtext("RESULT")) for one in opened(answer).findall("./CXJGLIST/JG")]


check(outcome(service.feedBdcQL(me, feedback("CK20260105000000999999")))[0][1] == "fail", "a stranger is taken")
check(outcome(service.feedBdcQL(me, feedback(number))) == [(number, "success")], "the first time")
check(outcome(service.feedBdcQL(me, feedback(number))) == [(number, "fail")], "the second time")
check(not opened(service.cxBdcQL(me)).findall("./Data/BDCCXQQLIST/BDCCXQQ"), "still waiting")
receipt = [("CXQQDH", number), ("WJMC", "查封回执"), ("WJLX", "pdf"), ("WSLB", "回执"), ("WSNR", b64("a receipt"))]
handed = sealed("Message", [("Data", [("HZXXLIST", [("HZXX", receipt)])])])
taken = [(one.findtext("CXQQDH"), one.findtext("RESULT")) for one in opened(service.feedkzhzBdcQL(me, handed)).iter("JG")]
check(taken == [(number, "success")], f"a receipt: {taken}")
print(number)
