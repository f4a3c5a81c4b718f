python3 - <<'END'
hashes = ["{{ sha256 }}", 64 * "0"]
open("hashes.bin", "wb").write(bytes.fromhex("".join(hashes)))
END
curl -s "{{ public_url }}/api/v1/consent?usage=generative-training" \
  -H "Authorization: Bearer YOUR_KEY" \
  -H "Content-Type: application/octet-stream" \
  --data-binary @hashes.bin -D headers.txt -o verdicts.bin
python3 - <<'END'
verdicts = open("verdicts.bin", "rb").read()
print(["allow" if verdict == 2 else "deny" for verdict in verdicts])
END
