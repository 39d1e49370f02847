"""A client of brokers that is not ours, for tests/it/brokers.rs: nats-py and pika. Each line that it says is JSON."""

import asyncio
import json
import sys

import nats
import pika


def say(**what):
    print(json.dumps(what, ensure_ascii=False))


def written(key):
    """A key as it is given; a very long one is given as `*` and its length."""
    return "k" * int(key[1:]) if key.startswith("*") else key


async def patiently(ask):
    """What a server answers, asked once more while it says nothing: servers of a cluster that choose a leader drop requests."""
    for _ in range(11):
        try:
            return await ask()
        except (nats.errors.TimeoutError, nats.errors.NoRespondersError, nats.js.errors.ServiceUnavailableError):
            pass
    return await ask()


async def nats_read(url, stream, subject):
    """Everything that a stream holds under a subject, in its order."""
    client = await nats.connect(url, connect_timeout=10)
    js = client.jetstream(timeout=5)
    durable = "reader-" + subject.translate(str.maketrans(".*>", "___"))
    consumer = await patiently(lambda: js.pull_subscribe(subject, durable=durable, stream=stream))
    read = set()
    while (pending := (await patiently(consumer.consumer_info)).num_pending) > 0:
        for message in await patiently(lambda: consumer.fetch(min(pending, 200), timeout=10)):
            # A message comes again where its acknowledgement was lost; what the stream holds twice has two numbers.
            number = message.metadata.sequence.stream
            if number not in read:
                read.add(number)
                say(subject=message.subject, headers=dict(message.headers or {}), data=json.loads(message.data or b"null"))
            await patiently(lambda: message.ack_sync(timeout=5))
    await client.close()


async def nats_current(url, stream):
    """Waits until every server of a cluster has all that a stream holds."""
    client = await nats.connect(url, connect_timeout=10)
    js = client.jetstream(timeout=10)
    for _ in range(600):
        try:
            cluster = (await js.stream_info(stream)).cluster
        except (nats.errors.Error, asyncio.TimeoutError):
            cluster = None
        replicas = (cluster and cluster.leader and cluster.replicas) or []
        if len(replicas) == 2 and all(one.current and not one.offline and not one.lag for one in replicas):
            say(leader=cluster.leader)
            await client.close()
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"the servers never have the same: {cluster}")


async def nats_make(url, stream, subject, storage, most, each="-1"):
    """A stream that somebody else made: so many bytes at most, and so many messages of a subject."""
    client = await nats.connect(url)
    await client.jetstream().add_stream(name=stream, subjects=[subject], storage=storage, max_bytes=int(most),
                                        max_msgs_per_subject=int(each))
    await client.close()


async def nats_fill(url, subject):
    """Publishes until the stream is full."""
    client = await nats.connect(url)
    js = client.jetstream()
    for size in (64 << 10, 4 << 10, 100):
        try:
            while True:
                await js.publish(subject, json.dumps("x" * size).encode())
        except nats.js.errors.APIError as error:
            say(full=error.description)
    await client.close()


async def nats_purge(url, stream, subject):
    client = await nats.connect(url)
    await client.jetstream().purge_stream(stream, subject=subject)
    await client.close()


def nkey_make():
    """A seed of a user, and its public key."""
    import os
    import nkeys
    seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    say(seed=seed.decode(), public=nkeys.from_seed(seed).public_key.decode())


def creds_make():
    """An operator, an account with JetStream and a user, each signed by the one above, as the tools of NATS make them."""
    import base64
    import hashlib
    import os
    import time
    import nkeys

    def made(prefix):
        seed = nkeys.encode_seed(os.urandom(32), prefix)
        return seed, nkeys.from_seed(seed)

    def encoded(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    def token(issuer, subject, name, claims):
        body = {"iat": int(time.time()), "iss": issuer.public_key.decode(), "name": name,
                "sub": subject.public_key.decode(), "nats": {"version": 2, **claims}}
        body["jti"] = base64.b32encode(hashlib.sha512(json.dumps(body).encode()).digest()[:32]).decode().rstrip("=")
        signed = encoded(json.dumps({"typ": "JWT", "alg": "ed25519-nkey"}).encode()) + "." + encoded(json.dumps(body).encode())
        return signed + "." + encoded(issuer.sign(signed.encode()))

    (_, operator), (_, account), (_, system) = (made(p) for p in (
        nkeys.PREFIX_BYTE_OPERATOR, nkeys.PREFIX_BYTE_ACCOUNT, nkeys.PREFIX_BYTE_ACCOUNT))
    seed, user = made(nkeys.PREFIX_BYTE_USER)
    free = {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "conn": -1, "leaf": -1, "wildcards": True}
    limits = {**free, "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
    jwt = token(account, user, "court", {"type": "user", "subs": -1, "data": -1, "payload": -1})
    file = (f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{seed.decode()}\n------END USER NKEY SEED------\n")
    say(operator=token(operator, operator, "operator", {"type": "operator"}),
        system=system.public_key.decode(), system_jwt=token(operator, system, "system", {"type": "account", "limits": free}),
        account=account.public_key.decode(), account_jwt=token(operator, account, "court", {"type": "account", "limits": limits}),
        file=file)


async def nats_ask(url, subject, path, key, submitter, reply, times):
    """Sends an inquiry, and says what was answered each time."""
    client = await nats.connect(url)
    js = client.jetstream()
    body = open(path, "rb").read()
    for _ in range(int(times)):
        address = client.new_inbox() if reply == "inbox" else reply
        answers = await client.subscribe(address) if address else None
        given = {"Idempotency-Key": written(key), "Submitter": submitter, "Reply-To": address}
        await js.publish(subject, body, headers={name: value for name, value in given.items() if value})
        if reply == "inbox":
            answer = await answers.next_msg(timeout=30)
            say(status=int(answer.headers["Status"]), answer=json.loads(answer.data))
    await client.close()


async def nats_deliver(url, subject, path, key, reply):
    """Sends an inquiry with any reply address, and waits for nothing."""
    client = await nats.connect(url)
    await client.jetstream().publish(subject, open(path, "rb").read(), headers={"Idempotency-Key": key, "Reply-To": reply})
    await client.close()


async def nats_consumer(url, stream, durable, subject, deliveries):
    """A consumer that somebody else made."""
    client = await nats.connect(url)
    config = nats.js.api.ConsumerConfig(durable_name=durable, filter_subject=subject, max_ack_pending=1, ack_wait=30,
                                        ack_policy=nats.js.api.AckPolicy.EXPLICIT, max_deliver=int(deliveries))
    await client.jetstream().add_consumer(stream, config)
    await client.close()


async def nats_rights(gateways, cases):
    """What the account of the case system may do beside that of the gateway. Each thing that it did is said."""
    async def quiet(_error):
        pass

    gateway = await nats.connect(gateways, connect_timeout=10)
    js = gateway.jetstream(timeout=5)
    for stream, subject in (("CHAKONG-RESULTS", "chakong.results.>"), ("CHAKONG-INQUIRIES", "chakong.inquiries")):
        await js.add_stream(name=stream, subjects=[subject])
        await js.add_consumer(stream, nats.js.api.ConsumerConfig(durable_name="own", ack_policy="explicit"))
    await js.publish("chakong.results.T10.order.answered", b"{}")
    reader = await nats.connect(cases, connect_timeout=10, error_cb=quiet)
    consumer = await reader.jetstream(timeout=5).pull_subscribe("chakong.results.>", durable="case-system", stream="CHAKONG-RESULTS")
    for message in await consumer.fetch(1, timeout=10):
        await message.ack_sync(timeout=5)
        say(did="read a result")
    if (await reader.jetstream(timeout=5).publish("chakong.inquiries", b"{}")).stream == "CHAKONG-INQUIRIES":
        say(did="submitted an inquiry")
    for what in ("CONSUMER.DELETE.CHAKONG-RESULTS.own", "CONSUMER.DELETE.CHAKONG-INQUIRIES.own", "CONSUMER.INFO.CHAKONG-INQUIRIES.own",
                 "CONSUMER.MSG.NEXT.CHAKONG-INQUIRIES.own", "CONSUMER.CREATE.CHAKONG-INQUIRIES", "STREAM.DELETE.CHAKONG-RESULTS",
                 "STREAM.PURGE.CHAKONG-RESULTS", "STREAM.MSG.GET.CHAKONG-INQUIRIES"):
        try:
            await reader.request("$JS.API." + what, b'{"stream_name": "CHAKONG-INQUIRIES", "config": {}}', timeout=0.5)
            say(did=what)
        except (nats.errors.Error, asyncio.TimeoutError):
            pass
    for stream in ("CHAKONG-RESULTS", "CHAKONG-INQUIRIES"):
        await js.consumer_info(stream, "own")
    await reader.close()
    await gateway.close()


async def nats_send(url, subject, path, prefix, count):
    """Sends the same body under many keys, whatever becomes of it."""
    client = await nats.connect(url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    js = client.jetstream(timeout=5)
    body = open(path, "rb").read()
    for at in range(int(count)):
        await js.publish(subject, body, headers={"Idempotency-Key": f"{prefix}-{at}"})
    await client.close()


def rabbit(port):
    parameters = pika.ConnectionParameters("127.0.0.1", int(port), credentials=pika.PlainCredentials("guest", "guest"))
    connection = pika.BlockingConnection(parameters)
    return connection, connection.channel()


def rabbit_read(port, queue):
    """Everything that a queue holds, in its order."""
    connection, channel = rabbit(port)
    while True:
        method, properties, body = channel.basic_get(queue)
        if method is None:
            break
        headers = {name: str(value) for name, value in (properties.headers or {}).items()}
        say(subject=method.routing_key, headers=headers, id=properties.message_id, type=properties.type,
            mode=properties.delivery_mode, media=properties.content_type, data=json.loads(body or b"null"))
        channel.basic_ack(method.delivery_tag)
    connection.close()


def rabbit_make(port, exchange, kind):
    connection, channel = rabbit(port)
    channel.exchange_declare(exchange, kind, durable=True)
    connection.close()


def rabbit_bind(port, queue, exchange, key):
    connection, channel = rabbit(port)
    channel.queue_declare(queue, durable=True)
    channel.queue_bind(queue, exchange, key)
    connection.close()


def rabbit_is_quorum(port, queue, deliveries):
    """Fails where a queue is another one than this."""
    connection, channel = rabbit(port)
    channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum", "x-delivery-limit": int(deliveries)})
    connection.close()


def rabbit_ask(port, exchange, path, key, submitter, reply, user, times):
    connection, channel = rabbit(port)
    answers = channel.queue_declare("", exclusive=True).method.queue if reply == "own" else reply
    body = open(path, "rb").read()
    headers = {name: value for name, value in {"idempotency-key": written(key), "submitter": submitter}.items() if value}
    for at in range(int(times)):
        properties = pika.BasicProperties(headers=headers, reply_to=answers or None, correlation_id=str(at),
                                          user_id=user or None, delivery_mode=2)
        channel.basic_publish(exchange, "inquiry", body, properties)
        if reply == "own":
            for method, got, answer in channel.consume(answers, auto_ack=True, inactivity_timeout=30):
                assert method is not None, "no answer"
                say(correlation=got.correlation_id, outcome=got.type, media=got.content_type, answer=json.loads(answer))
                break
    connection.close()


def rabbit_send(port, exchange, path, prefix, count):
    connection, channel = rabbit(port)
    channel.confirm_delivery()
    body = open(path, "rb").read()
    for at in range(int(count)):
        properties = pika.BasicProperties(message_id=f"{prefix}-{at}", delivery_mode=2)
        channel.basic_publish(exchange, "inquiry", body, properties, mandatory=True)
    connection.close()


COMMANDS = {name.replace("_", "-"): value for name, value in globals().copy().items()
            if name.startswith(("nats_", "rabbit_", "nkey_", "creds_"))}
command = COMMANDS[sys.argv[1]]
arguments = sys.argv[2:]
if asyncio.iscoroutinefunction(command):
    asyncio.run(command(*arguments))
else:
    command(*arguments)
