"""Usage: lookup.py [BASE_URL [PATH_OF_SOMETHING_REMOVED]]. Python 3.9, without packages."""
import json
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
REMOVED = sys.argv[2] if len(sys.argv) > 2 else ""
EVENT = str(uuid.uuid4())  # or pass on the one that your caller sent
TEMPORARY = {429, 500, 502, 503, 504}


def fest(path, body=None, etag=None):
    """Asks, again where that can help, and returns (status, headers, value)."""
    headers = {"Accept": "application/json", "nhn-event-id": EVENT}
    data = None
    if body is not None:
        data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    if etag:
        headers["If-None-Match"] = etag
    for attempt in range(4):
        pause = 0
        try:
            request = urllib.request.Request(BASE + path, data, headers)
            with urllib.request.urlopen(request, timeout=2) as r:
                return r.status, r.headers, json.load(r)
        except urllib.error.HTTPError as e:
            text = e.read()
            if e.code not in TEMPORARY:  # 304, 404 and 410 are answers
                return e.code, e.headers, json.loads(text) if text else None
            pause = int(e.headers.get("Retry-After", "0"))
        except OSError:
            pass
        time.sleep(pause + random.uniform(0, 0.1 * 2**attempt))  # full jitter
    raise TimeoutError("the FEST service is not available")


# Look up by id.
drug = "/v1/drugs/ID_1102085A-3532-87A3-A883-3AE9BB6973D9"
status, headers, value = fest(drug)
print("drug:", value["nameFormStrength"])

# Ask again only for what has changed: 304 has no body.
status, _, _ = fest(drug, etag=headers["ETag"])
print("again:", status)

# Search as people type.
_, _, value = fest("/v1/search?" + urllib.parse.urlencode({"q": "paracet 500", "limit": 1}))
print("search:", value["items"][0]["display"])

# Many entries in one call; each line has a status of its own.
_, _, value = fest("/v1/lookups", {"lines": [
    {"resource": "doses", "key": "ID_324F5FB5-7B30-81CF-99A6-BAB8123B72EC"},
    {"resource": "drugs", "key": "ID_NONE"},
]})
print("lookups:", *(line["status"] for line in value["lines"]))

# Check interactions of a list.
_, _, value = fest("/v1/interaction-checks", {"lines": [
    {"id": "ID_1102085A-3532-87A3-A883-3AE9BB6973D9"},
    {"atc": "M01AE01"},
]})
print("interaction:", value["interactions"][0]["relevance"]["display"])

# What was in FEST and no longer is: 410, with what it said last.
if REMOVED:
    status, _, problem = fest(REMOVED)
    print("removed:", status, problem["lastContent"]["id"])
