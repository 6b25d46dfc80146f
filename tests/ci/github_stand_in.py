"""A stand-in for the part of GitHub's REST API that ci/ uses, on localhost. Its data is in plain attributes, which a test can
set and read. It refuses a wrong token and unknown paths."""

import http.server
import io
import json
import re
import threading
import urllib.parse
import zipfile

TOKEN = "token-of-the-test"
REPOSITORY = "owner/project"


def archive(files, kind=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", kind) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return data.getvalue()


class GitHubStandIn:
    def __init__(self):
        self.run = {"id": 7, "event": "pull_request", "head_sha": "", "head_branch": "change", "display_title": "a change",
                    "conclusion": "success", "created_at": "2026-11-20T10:00:00Z",
                    "head_repository": {"owner": {"login": "someone"}}}
        self.jobs, self.pulls, self.labels = [], [], []
        self.commits = []  # of every pull request
        self.comments, self.issues = [], []
        self.artifact = None  # bytes of the archive `comparison`
        self.stored_artifact_size = None
        self.lost_artifact = ""  # refused: the store has none; cut off: it ends too early
        self.tokens_at_store = []
        stand_in = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                stand_in.serve(self)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def environment(self):
        return {"GITHUB_API_URL": f"http://127.0.0.1:{self.port}", "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": TOKEN}

    def serve(self, request):
        split = urllib.parse.urlsplit(request.path)
        query = dict(urllib.parse.parse_qsl(split.query))
        if split.path == "/store/artifact.zip":  # GitHub stores artifacts on another host, which must not get the token
            self.tokens_at_store.append(request.headers.get("Authorization"))
            if self.lost_artifact == "refused":
                return self.send(request, 410, b"gone")
            if self.lost_artifact == "cut off":
                request.send_response(200)
                request.send_header("Content-Length", str(len(self.artifact)))
                request.end_headers()
                return request.wfile.write(self.artifact[:20])
            return self.send(request, 200, self.artifact, "application/zip")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.send(request, 401, b"{}")
        length = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.rfile.read(length)) if length else None
        path = split.path.removeprefix(f"/repos/{REPOSITORY}")
        for method, pattern, handler in self.routes():
            found = re.fullmatch(pattern, path)
            if method == request.command and found:
                answer = handler(*found.groups(), query=query, body=body)
                if isinstance(answer, str):
                    request.send_response(302)
                    request.send_header("Location", answer)
                    request.end_headers()
                    return None
                return self.send(request, 200, b"" if answer is None else json.dumps(answer).encode())
        return self.send(request, 404, b"{}")

    @staticmethod
    def send(request, status, data, kind="application/json"):
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def routes(self):
        return [
            ("GET", r"/actions/runs/7", lambda query, body: self.run),
            ("GET", r"/actions/runs/7/jobs", lambda query, body: {"jobs": self.page(self.jobs, query)} if self.jobs is not None else 7),
            ("GET", r"/actions/runs/7/artifacts", self.artifacts),
            ("GET", r"/actions/artifacts/1/zip", lambda query, body: f"http://localhost:{self.port}/store/artifact.zip"),
            ("GET", r"/pulls", self.find_pulls),
            ("GET", r"/pulls/(\d+)/commits", lambda number, query, body: self.page([{"sha": s} for s in self.commits], query)),
            ("GET", r"/issues/(\d+)/comments", lambda number, query, body: self.page(self.comments, query)),
            ("POST", r"/issues/(\d+)/comments", self.comment),
            ("PATCH", r"/issues/comments/(\d+)", self.edit_comment),
            ("GET", r"/issues/(\d+)/labels", lambda number, query, body: self.page([{"name": l} for l in self.labels], query)),
            ("DELETE", r"/issues/\d+/labels/([\w-]+)", lambda label, query, body: self.labels.remove(label)),
            ("GET", r"/issues", lambda query, body: self.page([i for i in self.issues if i["state"] == "open"], query)),
            ("POST", r"/issues", self.open_issue),
            ("PATCH", r"/issues/(\d+)", lambda number, query, body: self.issues[int(number) - 1].update(body)),
        ]

    @staticmethod
    def page(items, query):
        size, number = int(query["per_page"]), int(query["page"])
        return items[size * (number - 1):size * number]

    def artifacts(self, query, body):
        if self.artifact is None or query.get("name") != "comparison":
            return {"artifacts": []}
        size = self.stored_artifact_size or len(self.artifact)
        return {"artifacts": [{"id": 1, "name": "comparison", "size_in_bytes": size, "expired": False}]}

    def find_pulls(self, query, body):
        found = [pull for pull in self.pulls if pull["label"] == query["head"]]
        return self.page([{"number": pull["number"], "head": {"sha": pull["sha"]}} for pull in found], query)

    def comment(self, number, query, body):
        self.comments.append({"id": len(self.comments) + 100, "number": int(number), "body": body["body"],
                              "user": {"login": "github-actions[bot]"}})
        return self.comments[-1]

    def edit_comment(self, identifier, query, body):
        comment = next(c for c in self.comments if c["id"] == int(identifier))
        comment["body"] = body["body"]
        return comment

    def open_issue(self, query, body):
        self.issues.append(dict(body, number=len(self.issues) + 1, state="open", user={"login": "github-actions[bot]"}))
        return self.issues[-1]
