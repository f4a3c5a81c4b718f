hash=$(printf 'crk_test granted' | sha256sum | cut -c 1-64)
curl -G "{{ public_url }}/api/v1/consent" \
  -H "Authorization: Bearer YOUR_TEST_KEY" \
  -d sha256=$hash
