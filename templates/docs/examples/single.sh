curl "{{ public_url }}/api/v1/consent?sha256={{ sha256 }}&usage=generative-training"
