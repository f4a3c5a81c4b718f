for attempt in 1 2; do
  curl -s "{{ public_url }}/api/v1/consent" \
    -H "Authorization: Bearer YOUR_KEY" \
    -H "Idempotency-Key: 5f1d3c4e-batch-1" \
    -H "Content-Type: application/json" \
    -d '{"items": [{"sha256": "{{ sha256 }}"}]}' > answer-$attempt.json
done
cmp answer-1.json answer-2.json && echo "The same answer, counted once"
