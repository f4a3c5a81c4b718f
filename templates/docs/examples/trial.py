import hashlib, json, urllib.request

bases = ["{{ bases|join:'", "' }}"]
hashes = [hashlib.sha256(f"crk_test {basis}".encode()).hexdigest() for basis in bases]
request = urllib.request.Request(
    "{{ public_url }}/api/v1/consent",
    json.dumps({"items": [{"sha256": each} for each in hashes]}).encode(),
    {"Authorization": "Bearer YOUR_TEST_KEY", "Content-Type": "application/json"},
)
with urllib.request.urlopen(request, timeout=30) as response:
    for result in json.load(response)["results"]:
        print(result["basis"], result["verdict"])
