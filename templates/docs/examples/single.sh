curl -G "{{ public_url }}/api/v1/consent" \
  -d sha256={{ sha256 }} \
  -d usage=generative-training
