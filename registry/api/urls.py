"""The addresses of the log."""

from django.urls import path

from registry.api import log

urlpatterns = [
    path("log/<slug:name>/checkpoint", log.CheckpointView.as_view(), name="checkpoint"),
    path("log/<slug:name>/tile/<path:path>", log.TileView.as_view(), name="tile"),
    path("api/v1/log/<slug:name>", log.LogView.as_view(), name="log"),
    path("api/v1/log/<slug:name>/inclusion", log.InclusionView.as_view(), name="inclusion"),
    path("api/v1/log/<slug:name>/consistency", log.ConsistencyView.as_view(), name="consistency"),
]
