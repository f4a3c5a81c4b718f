curl "{{ public_url }}/api/v2/query/urls" \
  -H "Authorization: API YOUR_KEY" \
  -H "Content-Type: text/plain" \
  --data-binary $'https://example.org/harbour.jpg\nhttps://example.org/bridge.jpg'
