"""The blueprint of resources of money."""

from puhui.web.blueprint import json_blueprint

blueprint = json_blueprint(
    "money", "/api/credits", "碳信用的款项：网上支付、退款、发票、卖方对账 / Money for credits"
)
