"""Everything that a Python server does with Latchkey, one operation after the other; any refusal ends it."""

import base64
import hmac
import json
import os
import sys
import uuid

import httpx
from clerk_backend_api import Clerk
from clerk_backend_api.security import AuthenticateRequestOptions, VerifyTokenOptions, authenticate_request, verify_token

secret_key, api_url = os.environ["CLERK_SECRET_KEY"], os.environ["CLERK_API_URL"]
jwt_key = sys.argv[1]
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
tag = uuid.uuid4().hex[:12]
password = f"a pass phrase {tag}"
seen = {}


def claims_of(jwt):
    body = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def is_signed_with(key, jwt):
    signed, _, signature = jwt.rpartition(".")
    own = base64.urlsafe_b64encode(hmac.digest(key.encode(), signed.encode(), "sha256")).rstrip(b"=").decode()
    return hmac.compare_digest(own, signature)


with Clerk(bearer_auth=secret_key, server_url=f"{api_url}/v1") as clerk:
    user = clerk.users.create(
        external_id=f"ext-{tag}",
        first_name="Grace",
        last_name=tag,
        email_address=[f"{tag}+clerk_test@example.com"],
        password=password,
        public_metadata={"plan": "pro", "gone": 1},
        private_metadata={"crm": 7},
        unsafe_metadata={"theme": "dark"},
        created_at="2020-02-03T04:05:06Z",
    )
    id = user.id
    for order in ["created_at", "-updated_at", "+email_address", "first_name", "-last_name", "last_active_at", "-last_sign_in_at"]:
        found = clerk.users.list(request={"query": tag, "order_by": order})
        assert [one.id for one in found] == [id], order
    for filters in [{"external_id": [f"ext-{tag}"]}, {"user_id": [id]}, {"email_address": [f"{tag}+clerk_test@example.com"]}]:
        assert [one.id for one in clerk.users.list(request=filters)] == [id], filters
        assert clerk.users.count(request=filters).total_count == 1
    seen["name"] = clerk.users.update(user_id=id, first_name="Ada").first_name
    merged = clerk.users.update_metadata(user_id=id, public_metadata={"seats": 3, "gone": None})
    seen["merged"] = merged.public_metadata
    seen["replaced"] = clerk.users.replace_metadata(user_id=id, public_metadata={"only": True}).public_metadata
    seen["verified"] = clerk.users.verify_password(user_id=id, password=password).verified
    seen["banned"] = [clerk.users.ban(user_id=id).banned, clerk.users.unban(user_id=id).banned]
    seen["locked"] = [clerk.users.lock(user_id=id).locked, clerk.users.unlock(user_id=id).locked]
    pictured = clerk.users.set_profile_image(
        user_id=id, file={"file_name": "me.png", "content": PICTURE, "content_type": "image/png"}
    )
    seen["pictured"] = [pictured.has_image, clerk.users.delete_profile_image(user_id=id).has_image]

    added = clerk.email_addresses.create(
        request={"user_id": id, "email_address": f"second.{tag}@example.com", "verified": True, "primary": True}
    )
    assert clerk.email_addresses.get(email_address_id=added.id).email_address == f"second.{tag}@example.com"
    assert clerk.users.get(user_id=id).primary_email_address_id == added.id
    clerk.email_addresses.update(email_address_id=user.email_addresses[0].id, verified=False)
    assert clerk.email_addresses.delete(email_address_id=user.email_addresses[0].id).deleted

    session = clerk.sessions.create(request={"user_id": id})
    assert [one.id for one in clerk.sessions.list(user_id=id, status="active")] == [session.id]
    assert clerk.sessions.get(session_id=session.id).user_id == id
    seen["client"] = session.id in clerk.clients.get(client_id=session.client_id).session_ids
    token = clerk.sessions.create_token(session_id=session.id).jwt
    by_jwks = verify_token(token, VerifyTokenOptions(secret_key=secret_key, api_url=api_url))
    seen["subject"] = by_jwks["sub"] == id
    request = httpx.Request("GET", "https://app.example/", headers={"authorization": f"Bearer {token}"})
    options = AuthenticateRequestOptions(secret_key=secret_key, jwt_key=jwt_key)
    seen["signed_in"] = authenticate_request(request, options).is_signed_in
    seen["signed_out"] = authenticate_request(httpx.Request("GET", "https://app.example/"), options).is_signed_in

    name = f"t-{tag}"
    template = clerk.jwt_templates.create(request={"name": name, "claims": {"who": "{{user.id}}"}, "lifetime": 120})
    assert clerk.jwt_templates.get(template_id=template.id).name == name
    assert template.id in [one.id for one in clerk.jwt_templates.list()]
    filled = claims_of(clerk.sessions.create_token_from_template(session_id=session.id, template_name=name).jwt)
    # The library sends no claims: its type for them has no fields.
    seen["template"] = [filled["sub"] == id, filled["exp"] - filled["iat"]]
    own_key = "a secret of thirty-two characters"
    clerk.jwt_templates.update(
        template_id=template.id,
        name=name,
        claims={},
        custom_signing_key=True,
        signing_algorithm="HS256",
        signing_key=own_key,
    )
    owned = clerk.sessions.create_token_from_template(session_id=session.id, template_name=name).jwt
    seen["own_key"] = [is_signed_with(own_key, owned), is_signed_with(own_key, token)]
    assert clerk.jwt_templates.delete(template_id=template.id).deleted
    seen["revoked"] = clerk.sessions.revoke(session_id=session.id).status

    ticket = clerk.sign_in_tokens.create(request={"user_id": id, "expires_in_seconds": 60})
    seen["ticket"] = clerk.sign_in_tokens.revoke(sign_in_token_id=ticket.id).status
    acting = clerk.actor_tokens.create(request={"user_id": id, "actor": {"sub": "user_admin"}, "expires_in_seconds": 60})
    seen["acting"] = clerk.actor_tokens.revoke(actor_token_id=acting.id).status
    seen["testing"] = len(clerk.testing_tokens.create().token) > 0

    allowed = clerk.allowlist_identifiers.create(request={"identifier": f"a.{tag}@example.com", "notify": False})
    assert allowed.id in [one.id for one in clerk.allowlist_identifiers.list()]
    clerk.allowlist_identifiers.delete(identifier_id=allowed.id)
    blocked = clerk.blocklist_identifiers.create(request={"identifier": f"b.{tag}@example.com"})
    assert blocked.id in [one.id for one in clerk.blocklist_identifiers.list().data]
    clerk.blocklist_identifiers.delete(identifier_id=blocked.id)
    url = clerk.redirect_urls.create(request={"url": f"https://{tag}.example/back"})
    assert clerk.redirect_urls.get(id=url.id).url == f"https://{tag}.example/back"
    assert url.id in [one.id for one in clerk.redirect_urls.list()]
    clerk.redirect_urls.delete(id=url.id)
    seen["deleted"] = clerk.users.delete(user_id=id).deleted

print(json.dumps(seen))
