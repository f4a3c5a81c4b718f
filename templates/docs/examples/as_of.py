import json, urllib.parse, urllib.request

def ask(**question):
    address = "{{ public_url }}/api/v1/consent?" + urllib.parse.urlencode(question)
    with urllib.request.urlopen(address, timeout=30) as response:
        return json.load(response)

earlier = ask(sha256="{{ sha256 }}")
again = ask(sha256="{{ sha256 }}", tree_size=earlier["state"]["tree_size"])
print("As it was:", again["verdict"] == earlier["verdict"])
