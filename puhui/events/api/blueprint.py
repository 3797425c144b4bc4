"""The blueprints that nouns of events hang their resources on."""

from puhui.web.blueprint import json_blueprint

blueprint = json_blueprint("events", "/api/events", "活动与会议")
planning = json_blueprint("event_planning", "/api/events", "活动减排、声明与新造林")

CSV = "text/csv"
