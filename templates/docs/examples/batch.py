import json, urllib.request

items = [
    {"sha256": "{{ sha256 }}"},
    {"url": "https://example.org/harbour.jpg"},
    {"isbn": "no number"},
]
request = urllib.request.Request(
    "{{ public_url }}/api/v1/consent",
    json.dumps({"usage": "generative-training", "items": items}).encode(),
    {"Authorization": "Bearer YOUR_KEY", "Content-Type": "application/json"},
)
with urllib.request.urlopen(request, timeout=30) as response:
    results = json.load(response)["results"]
for item, result in zip(items, results):
    why = result["error"]["code"] if "error" in result else result["basis"]
    print(result.get("verdict") == "allow", why, item)
