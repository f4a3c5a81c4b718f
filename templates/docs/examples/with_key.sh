curl -G "{{ public_url }}/api/v1/consent" \
  -H "Authorization: Bearer YOUR_KEY" \
  -d sha256={{ sha256 }} \
  -d usage=generative-training
