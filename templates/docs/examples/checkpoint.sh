curl "{{ public_url }}/log/declarations/checkpoint"
curl "{{ public_url }}/api/v1/log/declarations"
