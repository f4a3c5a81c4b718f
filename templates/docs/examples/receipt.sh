curl -sG "{{ public_url }}/api/v1/consent" \
  -d sha256={{ sha256 }} \
  -d receipt=1 > answer.json
curl -s "{{ public_url }}/.well-known/jwks.json" > keys.json
python3 - <<'END'
import base64, json
def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
head, body, signature = json.load(open("answer.json"))["receipt"].split(".")
kid = json.loads(decoded(head))["kid"]
key = next(key for key in json.load(open("keys.json"))["keys"] if key["kid"] == kid)
der = bytes.fromhex("302a300506032b6570032100") + decoded(key["x"])  # RFC 8410
open("key.der", "wb").write(der)
open("signed.txt", "wb").write(f"{head}.{body}".encode())
open("signature.bin", "wb").write(decoded(signature))
print(json.dumps(json.loads(decoded(body)), indent=2))
END
openssl pkeyutl -verify -pubin -keyform DER -inkey key.der \
  -rawin -in signed.txt -sigfile signature.bin
