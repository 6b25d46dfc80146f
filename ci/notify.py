#!/usr/bin/python3
"""ci/notify.py - reports in an issue that an unattended workflow failed. There is at most one open issue per workflow.

  failed NAME RUN_ID     open the issue, or comment on the open one; lists the failed jobs and steps
  passed NAME            close the issue, if one is open
  --help

Environment: GITHUB_REPOSITORY, GITHUB_TOKEN (issues: write), GITHUB_API_URL. Exit: 0; 1 GitHub refused; 2 usage.
"""

import argparse
import sys

import safe_text
from github_api import BOT, ApiError, GitHub


def marker(name):
    return f"<!-- warpgauge: {name} failed -->"


def open_issue(github, name):
    for issue in github.pages("/issues", state="open"):
        if (issue.get("user") or {}).get("login") == BOT and (issue["body"] or "").startswith(marker(name)):
            return issue["number"]
    return None


def failures(jobs):
    """A line for each job that did not succeed, with its first such step. The names are those of our own workflows."""
    text = ""
    for job in jobs:
        if job.get("conclusion") in ("failure", "timed_out", "cancelled"):
            steps = [step["name"] for step in job.get("steps") or [] if step.get("conclusion") in ("failure", "cancelled")]
            text += f"- `{job['name']}`: {job['conclusion']}" + (f" at `{steps[0]}`" if steps else "") + "\n"
    return text


def failed(github, name, run_id):
    jobs = list(github.pages(f"/actions/runs/{run_id}/jobs", key="jobs"))
    text = f"{marker(name)}\nRun {run_id} failed.\n\n{failures(jobs)}"
    number = open_issue(github, name)
    if number is None:
        number = github.call("POST", "/issues", {"title": f"{name} fails", "body": text})["number"]
    else:
        github.call("POST", f"/issues/{number}/comments", {"body": text})
    safe_text.say(f"notify.py: reported in issue {number}")


def passed(github, name):
    number = open_issue(github, name)
    if number is not None:
        github.call("PATCH", f"/issues/{number}", {"state": "closed"})
        safe_text.say(f"notify.py: closed issue {number}")


def main():
    parser = safe_text.ArgumentParser(prog="notify.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    failing = commands.add_parser("failed")
    failing.add_argument("name")
    failing.add_argument("run_id", type=int)
    commands.add_parser("passed").add_argument("name")
    arguments = parser.parse_args()
    try:
        if arguments.command == "failed":
            failed(GitHub(), arguments.name, arguments.run_id)
        else:
            passed(GitHub(), arguments.name)
    except ApiError as error:
        safe_text.die(1, f"notify.py: error: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
