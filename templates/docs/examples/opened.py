import base64, hashlib, hmac, json, urllib.request

hashes = ["{{ sha256 }}", 64 * "0", "no hash", 64 * "1"]
sent = json.dumps({"items": [{"sha256": each} for each in hashes]}).encode()
request = urllib.request.Request(
    "{{ public_url }}/api/v1/consent",
    sent,
    {"Authorization": "Bearer YOUR_KEY", "Content-Type": "application/json"},
)
with urllib.request.urlopen(request, timeout=30) as response:
    answer = json.load(response)
payload = answer["receipt"].split(".")[1]
receipt = json.loads(base64.urlsafe_b64decode(payload + "=="))
seed = bytes.fromhex(answer["receipt_seed"])

def leaf(n):
    result = answer["results"][n]
    salt = hmac.new(seed, str(n).encode(), "sha256").hexdigest()
    fields = [n, "sha256", hashes[n], result["verdict"], result["basis"], result["rule"], salt]
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()

def root(nodes):
    """RFC 6962, section 2.1: the left side is the largest power of two below the whole."""
    if len(nodes) == 1:
        return nodes[0]
    left = 1 << (len(nodes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(nodes[:left]) + root(nodes[left:])).digest()

answered = [n for n, result in enumerate(answer["results"]) if "error" not in result]
nodes = [hashlib.sha256(b"\0" + leaf(n)).digest() for n in answered]
is_ours = receipt["req"]["body_sha256"] == hashlib.sha256(sent).hexdigest()
is_same = receipt["res"]["items_root"] == base64.b64encode(root(nodes)).decode()
print(leaf(0).decode())
print("The receipt is about this body:", is_ours, "- and these answers:", is_same)
