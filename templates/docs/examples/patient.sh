curl --retry 5 --fail-with-body -G "{{ public_url }}/api/v1/consent" \
  -H "Authorization: Bearer YOUR_KEY" \
  -d sha256={{ sha256 }} || echo "No answer: that is a no."
