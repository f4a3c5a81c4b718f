import os

os.environ["SPAWNING_OPTS_KEY"] = "YOUR_KEY"
from datadiligence.rules import SpawningAPI

SpawningAPI.SPAWNING_AI_API_URL = "{{ public_url }}/api/v2/query/urls/"
urls = ["https://example.org/harbour.jpg", "https://example.org/bridge.jpg"]
print(SpawningAPI().is_allowed(urls=urls))
