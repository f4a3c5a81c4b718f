import json, time, urllib.error, urllib.request

def ask(items, usage="generative-training", tries=5):
    """Say for each item whether it may be used; whatever goes wrong, the answer is no."""
    body = json.dumps({"items": items, "usage": usage}).encode()
    headers = {"Authorization": "Bearer YOUR_KEY", "Content-Type": "application/json"}
    for _ in range(tries):
        request = urllib.request.Request("{{ public_url }}/api/v1/consent", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                results = json.load(response)["results"]
            if len(results) == len(items):
                return [result.get("verdict") == "allow" for result in results]
        except urllib.error.HTTPError as problem:
            if problem.code not in (429, 503):
                break
            time.sleep(int(problem.headers.get("Retry-After", 5)))
        except Exception:
            time.sleep(1)
    return [False] * len(items)

print(ask([{"sha256": "{{ sha256 }}"}, {"sha256": "no hash"}]))
