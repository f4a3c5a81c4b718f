import json, urllib.parse, urllib.request

question = {
    "sha256": "{{ sha256 }}",
    "usage": "generative-training",
}
address = "{{ public_url }}/api/v1/consent?" + urllib.parse.urlencode(question)
with urllib.request.urlopen(address, timeout=30) as response:
    answer = json.load(response)
print(answer["verdict"], answer["basis"])
