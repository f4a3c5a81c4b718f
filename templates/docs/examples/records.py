import urllib.request

hashes = ["{{ sha256 }}", 64 * "0"]
request = urllib.request.Request(
    "{{ public_url }}/api/v1/consent?usage=generative-training",
    bytes.fromhex("".join(hashes)),
    {"Authorization": "Bearer YOUR_KEY", "Content-Type": "application/octet-stream"},
)
with urllib.request.urlopen(request, timeout=30) as response:
    verdicts, receipt = response.read(), response.headers["Consent-Receipt"]
print([verdict == 2 for verdict in verdicts], receipt)
