"""What a Python server does: lists users and verifies a session token, with the JWKS and without network."""

import json
import os
import sys

from clerk_backend_api import Clerk
from clerk_backend_api.security import VerifyTokenOptions, verify_token

token, email, jwt_key = sys.argv[1:]
secret_key, api_url = os.environ["CLERK_SECRET_KEY"], os.environ["CLERK_API_URL"]

with Clerk(bearer_auth=secret_key, server_url=f"{api_url}/v1") as clerk:
    found = clerk.users.list(request={"email_address": [email], "limit": 10})
    count = clerk.users.count(request={"email_address": [email]})
    user = clerk.users.get(user_id=found[0].id)

by_jwks = verify_token(token, VerifyTokenOptions(secret_key=secret_key, api_url=api_url))
by_key = verify_token(token, VerifyTokenOptions(jwt_key=jwt_key))

print(
    json.dumps(
        {
            "found": [user.id for user in found],
            "count": count.total_count,
            "email": user.email_addresses[0].email_address,
            "by_jwks": by_jwks["sub"],
            "by_key": by_key["sub"],
        }
    )
)
