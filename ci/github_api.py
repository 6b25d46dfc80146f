"""The calls of GitHub's REST API that CI needs. Address and token come from the environment of a workflow (GITHUB_API_URL,
GITHUB_REPOSITORY, GITHUB_TOKEN), so a test can use a stand-in for GitHub.
"""

import http.client
import json
import os
import urllib.parse
import urllib.request

BOT = "github-actions[bot]"  # the author of what is written with a workflow's own token
TIMEOUT_S = 30
MAX_ANSWER_BYTES = 32 << 20


class ApiError(Exception):
    """A call failed; the text names the call."""


class GitHub:
    def __init__(self, environment=None):
        environment = os.environ if environment is None else environment
        try:
            self.address = environment.get("GITHUB_API_URL", "https://api.github.com")
            self.repository = environment["GITHUB_REPOSITORY"]
            self.token = environment["GITHUB_TOKEN"]
        except KeyError as error:
            raise ApiError(f"the environment variable {error.args[0]} is not set") from None

    def bytes(self, method, path, body=None, longest=MAX_ANSWER_BYTES):
        """The answer to a call on the repository. A redirect leads to another host, so it is followed without the token."""
        request = urllib.request.Request(f"{self.address}/repos/{self.repository}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        request.add_header("Accept", "application/vnd.github+json")
        request.add_header("X-GitHub-Api-Version", "2022-11-28")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                data = answer.read(longest + 1)
        except (OSError, http.client.HTTPException) as error:  # URLError and TimeoutError are OSErrors
            raise ApiError(f"{method} {path}: {error}") from None
        if len(data) > longest:
            raise ApiError(f"{method} {path}: the answer is larger than {longest} bytes")
        return data

    def call(self, method, path, body=None):
        data = self.bytes(method, path, body)
        try:
            return json.loads(data) if data else None
        except (ValueError, RecursionError) as error:
            raise ApiError(f"{method} {path}: the answer is not JSON: {error}") from None

    def get(self, path, **query):
        return self.call("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def pages(self, path, key=None, most=20, **query):
        """All items of a list, which GitHub returns in pages of 100."""
        for page in range(1, most + 1):
            answer = self.get(path, per_page=100, page=page, **query)
            items = answer.get(key) if key and isinstance(answer, dict) else answer
            if not isinstance(items, list):
                raise ApiError(f"GET {path}: the answer is not a list")
            yield from items
            if len(items) < 100:
                return
