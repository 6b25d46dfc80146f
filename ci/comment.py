#!/usr/bin/python3
"""ci/comment.py - writes the comment under a pull request from the results of the `gpu` workflow.

  render DIR [--timeline FILE] [--head SHA]   print the comment for DIR/comparison.json; FILE holds {"run", "jobs"} in the
                                              format of GitHub's API
  post RUN_ID                                 fetch the artifact of a run, find its pull request, write or update the comment
  --help

The `comment` workflow calls `post`. That workflow may write, which a pull request may not. So it runs only the code of the
default branch, reads one JSON file from the artifact `comparison`, and treats each text and number in it as untrusted
(comparison_file.py, comment_text.py). Environment: GITHUB_REPOSITORY, GITHUB_TOKEN, GITHUB_API_URL.
Exit: 0 done, or nothing to do; 1 GitHub refused; 2 usage.
"""

import argparse
import io
import json
import pathlib
import re
import sys
import zipfile

import comment_text
import comparison_file
from github_api import BOT, ApiError, GitHub

ARTIFACT = "comparison"
LABEL = "benchmark"
MAX_ARTIFACT_BYTES = 4 << 20


def read_artifact(data):
    """The comparison in the archive of an artifact. Reads one member, up to a size limit, and unpacks nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("comparison.json") as member:
            text = member.read(comparison_file.MAX_BYTES + 1)
    except Exception as error:  # zipfile and its decompressors raise many types for a damaged archive
        raise comparison_file.Refused(f"the artifact has no readable comparison.json: {error}") from None
    return comparison_file.parse(text)


def fetch_comparison(github, run_id):
    artifacts = github.get(f"/actions/runs/{run_id}/artifacts", name=ARTIFACT)["artifacts"]
    usable = [artifact for artifact in artifacts if artifact["name"] == ARTIFACT and not artifact["expired"]]
    if not usable:
        raise comparison_file.Refused("the run left no comparison")
    newest = max(usable, key=lambda artifact: artifact["id"])
    if newest["size_in_bytes"] > MAX_ARTIFACT_BYTES:
        raise comparison_file.Refused(f"the artifact is larger than {MAX_ARTIFACT_BYTES >> 20} MiB")
    return read_artifact(github.bytes("GET", f"/actions/artifacts/{newest['id']}/zip", longest=MAX_ARTIFACT_BYTES))


def find_pull_request(github, run):
    """(number, head commit) of the open pull request of a run, or None. For a fork, GitHub gives no pull request of a run, so
    it is found by branch and commit. A dispatched run names both in its title, which only users with write access can
    choose. The commit must belong to that pull request, or its results would appear under another one."""
    if run["event"] == "workflow_dispatch":
        titled = re.fullmatch(r"gpu: pull request ([0-9]{1,9}) at ([0-9a-f]{40})", run["display_title"])
        if titled and any(commit["sha"] == titled[2] for commit in github.pages(f"/pulls/{titled[1]}/commits")):
            return int(titled[1]), titled[2]
        return None
    if run["event"] != "pull_request" or not run.get("head_repository"):
        return None
    branch = f"{run['head_repository']['owner']['login']}:{run['head_branch']}"
    for pull in github.pages("/pulls", state="open", head=branch):
        if pull["head"]["sha"] == run["head_sha"]:
            return pull["number"], run["head_sha"]
    return None


def write_comment(github, number, text):
    for comment in github.pages(f"/issues/{number}/comments"):
        if comment["user"]["login"] == BOT and comment["body"].startswith(comment_text.MARKER):
            github.call("PATCH", f"/issues/comments/{comment['id']}", {"body": text})
            return "updated"
    github.call("POST", f"/issues/{number}/comments", {"body": text})
    return "written"


def drop_label(github, number):
    """The label starts one run of one commit. The next push needs the label again."""
    if any(label["name"] == LABEL for label in github.pages(f"/issues/{number}/labels")):
        github.call("DELETE", f"/issues/{number}/labels/{LABEL}")


def post(run_id):
    github = GitHub()
    run = github.get(f"/actions/runs/{run_id}")
    found = find_pull_request(github, run)
    if found is None:
        print(f"comment.py: run {run_id} has no open pull request with this commit; no comment is written")
        return
    number, head_sha = found
    if run["conclusion"] != "skipped":
        jobs = list(github.pages(f"/actions/runs/{run_id}/jobs", key="jobs"))
        try:
            text = comment_text.render(fetch_comparison(github, run_id), run, jobs, head_sha)
        except comparison_file.Refused as refused:
            text = comment_text.render_failure(str(refused), run, jobs, head_sha)
        print(f"comment.py: the comment of pull request {number} is {write_comment(github, number, text)}")
    drop_label(github, number)


def render(directory, timeline, head_sha):
    known = json.loads(pathlib.Path(timeline).read_text(encoding="utf-8")) if timeline else {"run": {}, "jobs": []}
    try:
        file = pathlib.Path(directory) / "comparison.json"
        if not file.is_file():
            raise comparison_file.Refused("the run left no comparison")
        with file.open("rb") as opened:
            comparison = comparison_file.parse(opened.read(comparison_file.MAX_BYTES + 1))
        return comment_text.render(comparison, known["run"], known["jobs"], head_sha)
    except comparison_file.Refused as refused:
        return comment_text.render_failure(str(refused), known["run"], known["jobs"], head_sha)


def main():
    parser = argparse.ArgumentParser(prog="comment.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    rendering = commands.add_parser("render")
    rendering.add_argument("directory")
    rendering.add_argument("--timeline")
    rendering.add_argument("--head", default="")
    posting = commands.add_parser("post")
    posting.add_argument("run_id", type=int)
    arguments = parser.parse_args()
    try:
        if arguments.command == "render":
            sys.stdout.write(render(arguments.directory, arguments.timeline, arguments.head))
        else:
            post(arguments.run_id)
    except ApiError as error:
        print(f"comment.py: error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
