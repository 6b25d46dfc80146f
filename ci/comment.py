#!/usr/bin/python3
"""ci/comment.py - writes the comment under a pull request from the results of the `gpu` workflow.

  RUN_ID --compare PROGRAM    fetch the artifact of a run, convert it to Markdown with `PROGRAM comment`, find the pull
                              request, write or update the comment
  --help

The workflow `comment` calls this script. That workflow has write access, so it runs only the code of the default branch, and
PROGRAM is built from that code. The script fetches one JSON file from the artifact `comparison`, does not parse it, and posts
the bytes that PROGRAM prints; if PROGRAM refuses the file, that refusal. Environment: GITHUB_REPOSITORY, GITHUB_TOKEN, GITHUB_API_URL.
If PROGRAM prints no comment, the script posts one that says so: a comment about an earlier commit must not stay.
Exit: 0 done, or nothing to do; 1 GitHub refused, or PROGRAM printed no comment; 2 usage.
"""

import argparse
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import safe_text
from github_api import BOT, ApiError, GitHub

ARTIFACT = "comparison"
LABEL = "benchmark"
MAX_ARTIFACT_BYTES = 4 << 20
MAX_COMPARISON_BYTES = 8 << 20
MOST_REASON = 400
TIME_LIMIT_S = 60
# What PROGRAM prints first, and the whole comment if PROGRAM itself fails.
MARKER = "<!-- warpgauge: performance of this change -->"
LAST_RESORT = f"{MARKER}\n### ❌ no result: nothing is known about the performance of this change\n\nThe comparison cannot be shown.\n"


class NoResult(Exception):
    """Why there is no comparison.json to show."""


def read_artifact(data):
    """The bytes of comparison.json in the archive of an artifact. Reads one member, up to a size limit, and unpacks nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("comparison.json") as member:
            text = member.read(MAX_COMPARISON_BYTES + 1)
    except Exception as error:  # zipfile and its decompressors raise many types for a damaged archive
        raise NoResult(f"the artifact has no readable comparison.json: {error}") from None
    if len(text) > MAX_COMPARISON_BYTES:
        raise NoResult(f"comparison.json is larger than {MAX_COMPARISON_BYTES >> 20} MiB")
    return text


def fetch_comparison(github, run_id):
    artifacts = github.get(f"/actions/runs/{run_id}/artifacts", name=ARTIFACT)["artifacts"]
    usable = [artifact for artifact in artifacts if artifact["name"] == ARTIFACT and not artifact["expired"]]
    if not usable:
        raise NoResult("the run left no comparison")
    newest = max(usable, key=lambda artifact: artifact["id"])
    if newest["size_in_bytes"] > MAX_ARTIFACT_BYTES:
        raise NoResult(f"the artifact is larger than {MAX_ARTIFACT_BYTES >> 20} MiB")
    try:
        return read_artifact(github.bytes("GET", f"/actions/artifacts/{newest['id']}/zip", longest=MAX_ARTIFACT_BYTES))
    except ApiError as error:
        raise NoResult(f"the artifact could not be fetched: {error}") from None


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


def printed_by(command, folder):
    """The comment that a program prints which runs in `folder`, or None if it fails, hangs, crashes, or prints anything else."""
    try:
        ran = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=TIME_LIMIT_S, cwd=folder)
        text = ran.stdout.decode("utf-8")
    except (OSError, subprocess.SubprocessError, ValueError) as error:  # ValueError: no UTF-8, or a zero byte
        safe_text.warn(f"comment.py: {error}")
        return None
    return text if text.startswith(MARKER) else None


def comment_of(github, compare, run, head_sha):
    """The text of the comment. If there is no comparison, or PROGRAM cannot show it or the run's jobs, the text says so: a
    comment about an earlier commit must not stay as if it were about this one."""
    try:
        jobs = list(github.pages(f"/actions/runs/{run['id']}/jobs", key="jobs"))
    except ApiError as error:
        safe_text.warn(f"comment.py: {error}")
        jobs = []
    command, about = [pathlib.Path(compare).resolve(), "comment"], ["--head", head_sha]
    with tempfile.TemporaryDirectory(prefix="warpgauge-") as name:
        folder = pathlib.Path(name)
        (folder / "run.json").write_text(json.dumps({"run": run, "jobs": jobs}), encoding="utf-8")
        try:
            (folder / "comparison.json").write_bytes(fetch_comparison(github, run["id"]))
            attempts = [["comparison.json"], ["--failure", "the comparison cannot be shown"]]
        except NoResult as error:
            attempts = [["--failure", safe_text.visible(error)[:MOST_REASON]]]
        for shown in attempts:
            for timeline in (["--timeline", "run.json"], []):  # names of jobs are foreign, too, and may be refused
                text = printed_by([*command, *shown, *timeline, *about], folder)
                if text:
                    return text
    return LAST_RESORT


def write_comment(github, number, text):
    for comment in github.pages(f"/issues/{number}/comments"):
        author = comment.get("user") or {}  # null: the account was deleted
        if author.get("login") == BOT and (comment.get("body") or "").startswith(MARKER):
            github.call("PATCH", f"/issues/comments/{comment['id']}", {"body": text})
            return "updated"
    github.call("POST", f"/issues/{number}/comments", {"body": text})
    return "written"


def drop_label(github, number):
    """The label starts one run of one commit. The next push needs the label again."""
    if any(label["name"] == LABEL for label in github.pages(f"/issues/{number}/labels")):
        github.call("DELETE", f"/issues/{number}/labels/{LABEL}")


def post(github, run_id, compare):
    run = github.get(f"/actions/runs/{run_id}")
    found = find_pull_request(github, run)
    if found is None:
        safe_text.say(f"comment.py: run {run_id} has no open pull request with this commit; no comment is written")
        return
    number, head_sha = found
    text = ""
    if run["conclusion"] != "skipped":
        text = comment_of(github, compare, run, head_sha)
        safe_text.say(f"comment.py: the comment of pull request {number} is {write_comment(github, number, text)}")
    drop_label(github, number)
    if text == LAST_RESORT:
        safe_text.die(1, f"comment.py: error: {compare} printed no comment; the pull request got one without details")


def main():
    parser = safe_text.ArgumentParser(prog="comment.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run_id", type=int)
    parser.add_argument("--compare", required=True)
    arguments = parser.parse_args()
    try:
        post(GitHub(), arguments.run_id, arguments.compare)
    except ApiError as error:
        safe_text.die(1, f"comment.py: error: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
