"""The shapes of error bodies (huawei-contract 1.5). E1 to E4 are the contract's names."""

from typing import Any

from console.simcloud.errors import MESSAGES, Refusal
from console.simcloud.huawei.call import json_answer
from console.simcloud.wire import Answer


def flat(code: str, message: str, request_id: str) -> dict[str, Any]:
    """E1: APIG, VPCEP's error page, the front gateway (which adds the request id)."""
    body = {"error_code": code, "error_msg": message}
    return {**body, "request_id": request_id} if code.startswith("APIGW.") else body


def nested(code: str, message: str) -> dict[str, Any]:
    """E2: VPCEP's newer pages."""
    return {"error": {"code": code, "message": message}}


def keystone(status: int, message: str) -> dict[str, Any]:
    """E3: IAM; the code is the HTTP status, as a number."""
    titles = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
    return {"error": {"code": status, "message": message, "title": titles.get(status, "Internal Server Error")}}


def plain(code: str, message: str) -> dict[str, Any]:
    """E4: VPC v1."""
    return {"code": code, "message": message}


def refused(service: str, refusal: Refusal, *, shape: str, messages: dict[str, str], request_id: str) -> Answer:
    """A refusal in a service's shape; `shape` decides for VPCEP, `messages` holds replaced texts."""
    message = messages.get(refusal.code) or refusal.message or MESSAGES.get(refusal.code, "System error")
    body = flat(refusal.code, message, request_id)
    if not refusal.code.startswith("APIGW."):  # the front gateway has its own shape before any service
        if service == "iam" and not refusal.code.startswith("IAM."):
            body = keystone(refusal.status, message)
        elif service == "vpcep" and shape == "E2":
            body = nested(refusal.code, message)
        elif service == "vpc":
            body = plain(refusal.code, message)
    return json_answer(body, refusal.status)
