"""A desktop with python-socketio. Its one argument is the configuration; it prints what it sees, a JSON value a line."""
import functools
import json
import sys

import socketio

config = json.loads(sys.argv[1])
client = socketio.Client(reconnection_delay=0.05, reconnection_delay_max=0.2, randomization_factor=0)
# The default of one second is too short where several clients start on a busy machine: the client gives up a connection
# that the relay has accepted. It connects again by the same method, without an option for this time.
client.connect = functools.partial(client.connect, wait_timeout=30)
# The client gives each message a thread of its own, and threads overtake each other.
trigger = client.eio._trigger_event
client.eio._trigger_event = lambda event, *values, run_async=False: trigger(event, *values)


def tell(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def answered(is_joined, name, *more):
    tell(joined=name) if is_joined else tell(refused=name)


@client.event
def connect():
    tell(socket=client.sid)
    for conversation in config["conversations"]:
        client.emit("join-conversation", conversation, callback=answered)


@client.event
def disconnect():
    tell(gone=True)


# One parameter: a second argument of an event would raise TypeError.
@client.on("new-message-event")
def on_message(event):
    tell(conversation=event["conversation_name"], id=event["message_id"])


@client.on("stream-data")
def on_stream(message):
    if message["payload"].get("isFinal"):
        tell(answered=True)


@client.event
def connect_error(data):
    if "authentication failed" in str(data):
        tell(refusedConnect=True)


try:
    client.connect(config["url"], auth={"token": config["token"]}, transports=config["transports"])
except socketio.exceptions.ConnectionError:
    sys.exit(1)
for command in sys.stdin:
    name, value = json.loads(command)
    if name == "ask":
        payload = {"participant": value, "textInput": "How long does a delivery take?"}
        method = "streaming_reactive_companion_suggestions"
        client.emit("stream-request", {"streamId": "s", "method": method, "payload": payload})
    else:
        client.emit(f"{name}-conversation", value, callback=lambda *answer: None)
client.disconnect()
