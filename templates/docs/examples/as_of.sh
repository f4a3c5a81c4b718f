curl -sG "{{ public_url }}/api/v1/consent" -d sha256={{ sha256 }} > earlier.json
size=$(python3 -c 'import json; print(json.load(open("earlier.json"))["state"]["tree_size"])')
curl -G "{{ public_url }}/api/v1/consent" -d sha256={{ sha256 }} -d tree_size=$size
