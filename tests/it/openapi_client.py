"""Drives a whole case with a client that openapi-python-client made: openapi_client.py URL SUBMITTER APPROVER SUBMISSION.

The package `chakong_client` is on the path; SUBMITTER and APPROVER are keys, SUBMISSION is a JSON file with a mandate of
1000.00 in mode propose. Ends with 1 at the first thing that is wrong.
"""

import json
import sys
import time
from decimal import Decimal

from chakong_client import AuthenticatedClient
from chakong_client.api.acts import list_acts
from chakong_client.api.cases import get_case
from chakong_client.api.inquiries import get_certificate, get_inquiry, get_issued_certificate, list_assets
from chakong_client.api.inquiries import list_inquiry_measures, list_inquiry_orders, submit_inquiry
from chakong_client.api.measures import approve_measure, get_measure, list_measures, release_measure
from chakong_client.api.orders import get_order, list_orders
from chakong_client.api.results import acknowledge_results, read_results
from chakong_client.api.tasks import list_tasks
from chakong_client.models import AckRequest, ApproveRequest, AssetAccount, InquiryState, InstructionFreeze, MeasureState
from chakong_client.models import Money, Problem, ReleaseReason, ReleaseRequest, ReplyFound, Submission, TaskKind

URL, SUBMITTER, APPROVER, SUBMISSION = sys.argv[1:]
PATIENCE = 60


def check(holds, what):
    if not holds:
        sys.exit(f"wrong: {what}")


def good(response, status=200):
    """What a call gave, which must be a model of this status."""
    check(response.status_code == status, f"{response.status_code}: {response.content.decode()[:2000]}")
    check(response.parsed is not None, f"{status} is not described: {response.content.decode()[:2000]}")
    return response.parsed


def until(what, look):
    """Asks until the answer is not empty."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    sys.exit(f"it never came to this: {what}")


submitter = AuthenticatedClient(base_url=URL, token=SUBMITTER)
approver = AuthenticatedClient(base_url=URL, token=APPROVER)

# The submission goes through the models and back without a loss.
with open(SUBMISSION, encoding="utf-8") as file:
    written = json.load(file)
submission = Submission.from_dict(written)
check(submission.to_dict() == written, f"{submission.to_dict()} is not {written}")

submitted = good(submit_inquiry.sync_detailed(client=submitter, body=submission, idempotency_key="one"), 201)
again = good(submit_inquiry.sync_detailed(client=submitter, body=submission, idempotency_key="one"))
check(again.id == submitted.id, "the same key gives the same inquiry")
uid = submitted.id

# A problem is a model too.
broken = Submission.from_dict({**written, "parties": []})
problem = submit_inquiry.sync_detailed(client=submitter, body=broken, idempotency_key="two")
check(problem.status_code == 422 and isinstance(problem.parsed, Problem), f"{problem}")
check(problem.parsed.findings[0].pointer == "/parties", f"{problem.parsed}")


def proposed():
    ledger = good(list_inquiry_measures.sync_detailed(uid, client=submitter))
    return [one for one in ledger.measures if one.state == MeasureState.PROPOSED]


measure = until("a freeze is proposed", proposed)[0]
check(isinstance(measure.limit, Money) and Decimal(measure.limit.amount) == 600, f"{measure}")

# Results as events, each of them a model.
seen, after = [], 0
while "chakong.measure.proposed" not in seen:
    page = good(read_results.sync_detailed(client=submitter, consumer="client", after=after, wait=10))
    check(page.events, f"no more events after {seen}")
    seen += [event.type_.value for event in page.events]
    after = page.next_
good(acknowledge_results.sync_detailed(client=submitter, body=AckRequest(consumer="client", seq=after)))
check("chakong.order.answered" in seen, f"{seen}")

tasks = good(list_tasks.sync_detailed(client=approver)).tasks
mine = [task for task in tasks if task.measure == measure.id]
check([task.kind for task in mine] == [TaskKind.APPROVE], f"{tasks}")

# Nobody approves what they submitted; another key does.
yes = ApproveRequest(reason="同意冻结")
refused = approve_measure.sync_detailed(measure.id, client=submitter, body=yes)
check(refused.status_code == 403 and isinstance(refused.parsed, Problem), f"{refused}")
good(approve_measure.sync_detailed(measure.id, client=approver, body=yes))


def stands(state):
    def look():
        one = good(get_measure.sync_detailed(measure.id, client=approver))
        return one if one.state == state else None

    return look


placed = until("the freeze stands", stands(MeasureState.IN_FORCE))
check(Decimal(placed.held.amount) == 600 and placed.held.currency == "CNY", f"{placed}")

# The case by its number, in another spelling than it was submitted in.
case = good(get_case.sync_detailed("（2026）晋10执1号", client=submitter))
check([one.id for one in case.measures] == [measure.id], f"{case}")
check(Decimal(case.coverage.held.amount) == 600 and Decimal(case.claim.amount.amount) == 1000, f"{case}")
check([one.id for one in case.inquiries] == [uid], f"{case}")


def complete():
    view = good(get_inquiry.sync_detailed(uid, client=submitter))
    return view.state == InquiryState.COMPLETED and view


view = until("the inquiry is complete", complete)
now = good(get_certificate.sync_detailed(uid, client=submitter))
check(now.number == view.certificates >= 1, f"{now}")
issued = good(get_issued_certificate.sync_detailed(uid, view.certificates, client=submitter))
check(issued.certificate.number == view.certificates, f"{issued}")

assets = good(list_assets.sync_detailed(uid, client=submitter)).assets
check([type(one.asset) for one in assets] == [AssetAccount], f"{assets}")
check(assets[0].asset.number == "9990000000000000011", f"{assets}")
orders = good(list_inquiry_orders.sync_detailed(uid, client=submitter)).orders
check(sorted(order.instruction.action for order in orders) == ["freeze", "query"], f"{orders}")
found = good(list_orders.sync_detailed(client=submitter)).orders
check({order.number for order in found} == {order.number for order in orders}, f"{found}")
for order in orders:
    full = good(get_order.sync_detailed(order.number, client=submitter))
    if isinstance(order.instruction, InstructionFreeze):
        check(full.order.instruction == order.instruction and order.measure == measure.id, f"{full}")
        check(Decimal(order.instruction.limit.amount) == 600, f"{full}")
    else:
        check(isinstance(full.answer.reply, ReplyFound), f"{full}")

paid = ReleaseRequest(ground=ReleaseReason.DEBT_PAID, reason="债务已经清偿")
good(release_measure.sync_detailed(measure.id, client=approver, body=paid))
until("it is released", stands(MeasureState.RELEASED))
listed = good(list_measures.sync_detailed(client=approver, state=MeasureState.RELEASED)).measures
check([one.id for one in listed] == [measure.id], f"{listed}")

acts = good(list_acts.sync_detailed(client=approver)).acts
done = [(act.actor, act.act, act.reason) for act in acts if not act.refused]
for expected in [("approver", "approve", "同意冻结"), ("approver", "release", "债务已经清偿")]:
    check(expected in done, f"{expected} is not among {done}")
print(measure.id)
