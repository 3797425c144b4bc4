"""The blueprint that most nouns of credits hang their resources on."""

from puhui.web.blueprint import json_blueprint

blueprint = json_blueprint(
    "credits", "/api/credits", "碳信用：批次、预留、注销、证书 / Carbon credits"
)
