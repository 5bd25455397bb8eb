"""An agent desktop over the native WebSocket protocol: prints each message and each kind of suggestion.

Usage: python3 native.py RELAY CONVERSATION
Needs websocket-client (Debian: python3-websocket).
"""
import json
import random
import sys
import time
import urllib.request

import websocket

RELAY, CONVERSATION = sys.argv[1:]
FINAL_CODES = range(4500, 5000)


def get_credential():
    """Returns what the agent signs in with. A relay with AUTH_OPTION=Skip takes anything."""
    return "anything"


def register():
    request = urllib.request.Request(
        f"{RELAY}/register", method="POST", headers={"Authorization": get_credential()}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["token"]


def show(event):
    data = json.loads(event["data"])
    if event["data_type"] == "new-message-event":
        message = data["newMessagePayload"]
        print(f"{message['participantRole']}: {message['content']}", flush=True)
    elif event["data_type"] == "human-agent-assistant-event":
        for result in data["suggestionResults"]:
            print(f"suggestion: {', '.join(result)}", flush=True)
    elif data.get("type") == "CONVERSATION_FINISHED":
        print("finished", flush=True)


def follow(cursor):
    """Follows the conversation from the cursor on until the connection ends. Returns the last cursor."""
    # The relay pings every 25 seconds, so a connection that is silent for longer is dead.
    socket = websocket.create_connection(
        RELAY.replace("http", "ws", 1) + "/ws", subprotocols=["agent-assist.v1"], timeout=40
    )
    try:
        socket.send(json.dumps({"type": "auth", "token": register()}))
        socket.send(json.dumps({"type": "join", "id": 1, "conversation": CONVERSATION, "after": cursor}))
        while True:
            opcode, content = socket.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                code = int.from_bytes(content[:2], "big")
                if code in FINAL_CODES:
                    sys.exit(f"The relay closed the connection with {code}: {content[2:].decode()}")
                return cursor
            frame = json.loads(content)
            if frame["type"] == "joined":
                print("joined", flush=True)
                if not frame["recovered"]:
                    print("a part of the conversation is lost", flush=True)
            elif frame["type"] == "event":
                show(frame["event"])
                cursor = frame["event"]["cursor"]
            elif frame["type"] == "reset":
                print("a part of the conversation is lost", flush=True)
                cursor = frame["cursor"]
            elif frame["type"] == "error":
                sys.exit(f"The relay refused the join: {frame['message']}")
    except (OSError, websocket.WebSocketException):
        return cursor
    finally:
        socket.close()


cursor = "0"
while True:
    try:
        cursor = follow(cursor)
    except (OSError, websocket.WebSocketException) as error:
        print(f"cannot connect: {error}", file=sys.stderr)
    # A random pause: otherwise all desktops come back at the same moment.
    time.sleep(random.uniform(0.5, 2))
