import base64, hashlib, json, urllib.request

answer = json.load(open("answer.json"))  # what the API answered
log, size = answer["state"]["log"], answer["state"]["tree_size"]
root = base64.b64decode(answer["state"]["root"])

def get(address):
    with urllib.request.urlopen(address) as response:
        return response.read()

def leaf_hash(index):
    """The entry out of its bundle (C2SP tlog-tiles), hashed as RFC 9162 says."""
    number, place = divmod(index, 256)
    width = min(256, size - 256 * number)
    path = f"{number % 1000:03}"
    while number := number // 1000:
        path = f"x{number % 1000:03}/{path}"
    part = f".p/{width}" if width < 256 else ""
    bundle = get(f"{log}/tile/entries/{path}{part}")
    for _ in range(place + 1):
        end = 2 + int.from_bytes(bundle[:2], "big")
        entry, bundle = bundle[2:end], bundle[end:]
    return hashlib.sha256(b"\0" + entry).digest()

def root_from(index, node, path):
    """RFC 9162, section 2.1.3.2."""
    first, last = index, size - 1
    for sibling in path:
        if first % 2 or first == last:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while first % 2 == 0 and first:
                first, last = first >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        first, last = first >> 1, last >> 1
    return node if last == 0 else None

if not answer["entries"]:
    print("Nothing was declared, so there is no entry to check.")
for index in answer["entries"]:
    asked = f"{{ public_url }}/api/v1/log/declarations/inclusion?index={index}&tree_size={size}"
    path = [base64.b64decode(text) for text in json.loads(get(asked))["hashes"]]
    is_in_log = root_from(index, leaf_hash(index), path) == root
    print(index, "is in the log" if is_in_log else "IS NOT IN THE LOG")
