"""An agent desktop over Socket.IO: prints each message and each kind of suggestion of a conversation.

Usage: python3 socket_io.py RELAY CONVERSATION
Needs python-socketio and websocket-client (Debian: python3-socketio python3-websocket).
"""
import json
import sys
import urllib.request

import socketio

RELAY, CONVERSATION = sys.argv[1:]


def get_credential():
    """Returns what the agent signs in with. A relay with AUTH_OPTION=Skip takes anything."""
    return "anything"


def register():
    """Returns what Socket.IO shows the relay. It is called for every connection, so no token is ever too old."""
    request = urllib.request.Request(
        f"{RELAY}/register", method="POST", headers={"Authorization": get_credential()}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return {"token": json.load(response)["token"]}
    except OSError as error:
        print(f"cannot register: {error}", file=sys.stderr)
        return {}  # the relay refuses it, and the client connects again


client = socketio.Client()
seen = set()


def show(line):
    """Prints a line with one write: print() writes the end of a line by itself, so lines of two threads would mix."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@client.event
def connect():
    client.emit("join-conversation", CONVERSATION, callback=joined)


def joined(is_joined, name_or_reason, *rest):
    show("joined" if is_joined else f"The relay refused the join: {name_or_reason}")


def is_new(event):
    """Whether it is no repeat. python-socketio gets the conversation from its beginning with each connection."""
    key = (event["data_type"], event["message_id"])
    if key in seen:
        return False
    seen.add(key)
    return True


# python-socketio gives each event a thread of its own, so one may overtake another: sort by publish_time where order counts.
# The parameter rest takes the offset that the relay may send behind an event.
@client.on("new-message-event")
def on_message(event, *rest):
    if is_new(event):
        message = json.loads(event["data"])["newMessagePayload"]
        show(f"{message['participantRole']}: {message['content']}")


@client.on("human-agent-assistant-event")
def on_suggestion(event, *rest):
    if is_new(event):
        for result in json.loads(event["data"])["suggestionResults"]:
            show(f"suggestion: {', '.join(result)}")


@client.on("conversation-lifecycle-event")
def on_lifecycle(event, *rest):
    if json.loads(event["data"]).get("type") == "CONVERSATION_FINISHED":
        show("finished")


# With more than one relay, long polling needs session affinity. A WebSocket does not.
try:
    client.connect(RELAY, auth=register, transports=["websocket"], wait_timeout=10)
except socketio.exceptions.ConnectionError as error:
    sys.exit(f"cannot connect: {error}")
client.wait()
