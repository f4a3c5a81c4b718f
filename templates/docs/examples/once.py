import hashlib, json, urllib.request

body = json.dumps({"items": [{"sha256": "{{ sha256 }}"}]}).encode()
headers = {
    "Authorization": "Bearer YOUR_KEY",
    "Content-Type": "application/json",
    "Idempotency-Key": "batch-1-" + hashlib.sha256(body).hexdigest(),
}

def send():
    request = urllib.request.Request("{{ public_url }}/api/v1/consent", body, headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.read(), response.headers["Idempotent-Replayed"] == "true"

first, again = send(), send()
print("The same answer:", first[0] == again[0], "- counted again:", not again[1])
