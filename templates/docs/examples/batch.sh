curl "{{ public_url }}/api/v1/consent" \
  -H "Authorization: Bearer YOUR_KEY" \
  -H "Content-Type: application/json" \
  -d '{"usage": "generative-training", "detail": "full", "items": [
        {"sha256": "{{ sha256 }}"},
        {"url": "https://example.org/harbour.jpg"},
        {"isbn": "978-0-306-40615-7"}]}'
