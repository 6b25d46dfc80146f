#!/usr/bin/python3
"""ci/workflow_rules.py [--online [--from URL]] FILE... - checks workflows and actions against the project's rules.

Each finding is one line, FILE: PLACE: RULE: text of the rule. `--rules` lists the rules. ci/README.md and ci/runner.md explain
them. PyYAML is needed; it is installed with yamllint. `--online` also asks the repository of each action, URL/OWNER/NAME
(https://github.com/OWNER/NAME), whether the commit that it is pinned to is one of its tags or branches. A commit of a fork is not,
although GitHub finds it under the name of the action's repository.
Exit: 0 clean; 1 findings; 2 usage or unreadable; 77 PyYAML is not installed.
"""

import functools
import os
import re
import subprocess
import sys

import safe_text

try:
    import yaml
except ImportError:
    safe_text.say(f"workflow_rules.py: skipped: PyYAML is not installed for {sys.executable}")
    sys.exit(77)

RULES = {
    "target-trigger": "do not use pull_request_target: it runs the code of a pull request with the rights of this repository",
    "top-permissions": "set `permissions: {}` at the top; each job requests its own permissions",
    "pinned-action": "pin each action to a full commit, with its version in a comment behind it",
    "kept-credentials": "use actions/checkout with `persist-credentials: false`",
    "expression-in-run": "do not use ${{ }} in `run:`; pass the value in `env:`",
    "event-text": "do not use text that an outsider can write (titles, bodies, branch names) in an expression",
    "foreign-commit": "pin each action to a commit of its own repository, not of a fork",
    "step-script": "each `run:` calls one executable script in ci/ and nothing else",
    "inline-script": "do not use actions/github-script with a script of its own; call a script in ci/",
    "other-shell": "do not set `shell:`, except `shell: bash` in an action: a template runs any command",
    "loader-variable": "do not set variables that change what a program loads or runs (BASH_ENV, LD_PRELOAD, PATH, ...)",
    "swallowed-failure": "do not use continue-on-error: it turns a failure into a pass",
    "lost-output": "upload only folders that a step of the job was told to write to",
    "gpu-cache": "do not use a cache in a workflow that measures: one change could alter what a later one runs",
    "gpu-queue": "give a job on a self-hosted machine the concurrency group gpu0, `cancel-in-progress: false`, `queue: max`",
    "gpu-rights": "a job on a self-hosted machine runs untrusted code: grant at most `contents: read`, and no secret",
    "follow-up-checkout": "a workflow_run job has write access: check out only the default branch of this repository",
}

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOSTED = re.compile(r"(ubuntu|windows|macos)-[\w.-]+")
CALL = re.compile(r'(?:sudo )?(?:"\$GITHUB_ACTION_PATH"/)?(ci/[\w./-]+)(?: (?:(?!\$\()[^\n;|&`<>])*)?')
PINNED = re.compile(r"uses:\s*[\"']?[\w.-]+/[\w./-]+@[0-9a-f]{40}[\"']?\s+# ?v\d")
ACTION = re.compile(r"uses:\s*[\"']?([\w.-]+/[\w.-]+)[\w./-]*@([0-9a-f]{40})")
LOADERS = re.compile(r"(BASH_ENV|ENV|SHELLOPTS|BASHOPTS|PS4|IFS|PROMPT_COMMAND|PATH|LD_\w+|DYLD_\w+|PYTHON\w+|PERL5\w*|NODE_OPTIONS|RUBYOPT"
                     r"|GIT_\w+|BASH_FUNC_.*)", re.IGNORECASE)
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
CONTEXT = re.compile(r"(?<![\w.])github\b((?:\s*\.\s*[\w*-]+|\s*\[[^\]]*\])*)", re.IGNORECASE)
# Any other value of the context `github` may hold text that an outsider wrote.
TRUSTED = {
    "event.action", "event.label.name", "event.number", "event.pull_request.base.sha", "event.pull_request.head.repo.full_name",
    "event.pull_request.head.sha", "event.pull_request.number", "event.workflow_run.conclusion", "event.workflow_run.event",
    "event.workflow_run.head_repository.full_name", "event.workflow_run.head_sha", "event.workflow_run.id", "event_name", "ref", "repository", "run_attempt", "run_id",
    "server_url", "sha", "token", "workflow"}


def sequence(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def triggers(document):
    on = document.get("on", document.get(True))  # YAML 1.1 reads the key `on` as true
    return set(on) if isinstance(on, (dict, list)) else {on}


def texts(node):
    """All texts in a tree."""
    if isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
    elif isinstance(node, str):
        yield node


def expressions(node, condition=False):
    """The texts that GitHub evaluates: the inside of each ${{ }}, and the whole of each `if`."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from expressions(value, key == "if")
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)
    elif isinstance(node, str):
        yield from [node] if condition else EXPRESSION.findall(node)


def untrusted_texts(document):
    for expression in expressions(document):
        for context in CONTEXT.finditer(expression):
            name = re.sub(r"\s", "", context[1]).removeprefix(".").lower()
            if name not in TRUSTED:
                yield f"expression {context[0]}"


def is_self_hosted(job):
    """Whether a job runs on another machine than GitHub's. `${{ matrix.NAME }}` stands for each NAME in the matrix. With any
    other expression, the answer is yes."""
    labels = job.get("runs-on")
    if labels is None:
        return False  # calls another workflow
    if isinstance(labels, dict):
        return True  # a group
    found = re.fullmatch(r"\$\{\{ *matrix\.(\w+) *\}\}", labels) if isinstance(labels, str) else None
    if found:
        matrix = (job.get("strategy") or {}).get("matrix") or {}
        rows = [matrix, *sequence(matrix.get("include"))] if isinstance(matrix, dict) else []
        labels = [label for row in rows for label in sequence(row.get(found[1]))] or [labels]
    return not all(HOSTED.fullmatch(str(label)) for label in sequence(labels))


def shells(document, in_action):
    """Places where a shell is chosen."""
    holders = [("defaults", document.get("defaults"))]
    holders += [(f"jobs.{name}", job.get("defaults")) for name, job in (document.get("jobs") or {}).items()]
    for place, defaults in holders:
        if "shell" in ((defaults or {}).get("run") or {}):
            yield place
    for place, step in steps_of(document):
        if "shell" in step and not (in_action and step["shell"] == "bash"):
            yield place


def steps_of(document):
    for i, step in enumerate((document.get("runs") or {}).get("steps") or []):
        yield f"runs.steps[{i}]", step
    for name, job in (document.get("jobs") or {}).items():
        yield from ((f"jobs.{name}.steps[{i}]", step) for i, step in enumerate(job.get("steps") or []))


def loader_variables(document):
    holders = [("env", document)]
    holders += [(f"jobs.{name}", job) for name, job in (document.get("jobs") or {}).items()]
    holders += list(steps_of(document))
    for place, holder in holders:
        env = holder.get("env")
        # An expression may set any variable.
        if isinstance(env, str) or any(LOADERS.fullmatch(str(name)) for name in env or {}):
            yield place


@functools.lru_cache(maxsize=None)
def published(url):
    """The commits that tags and branches of a repository point to."""
    listed = subprocess.run(["git", "ls-remote", url], capture_output=True, text=True, timeout=60)
    if listed.returncode != 0:
        raise OSError(f"{url} cannot be asked: {listed.stderr.strip()}")
    return {line.split()[0] for line in listed.stdout.splitlines()}


def foreign_commits(lines, source):
    for number, line in enumerate(lines, 1):
        found = ACTION.search(line)
        if found and found[2] not in published(f"{source}/{found[1]}"):
            yield f"line {number}"


def check_step(step, follow_up, in_action):
    uses, run, inputs = step.get("uses", ""), step.get("run"), step.get("with") or {}
    if uses.startswith("actions/checkout@"):
        if inputs.get("persist-credentials") is not False:
            yield "kept-credentials"
        if follow_up and {"ref", "repository"} & set(inputs):
            yield "follow-up-checkout"
    if uses.startswith("actions/github-script@"):
        yield "inline-script"
    if "continue-on-error" in step:
        yield "swallowed-failure"
    if run is None:
        return
    if "${{" in run:
        yield "expression-in-run"
    call = CALL.fullmatch(run.strip())
    if call is None or not os.access(os.path.join(ROOT, call[1]), os.X_OK):
        yield "step-script"
    elif in_action != ("$GITHUB_ACTION_PATH" in run):
        yield "step-script"


def check_self_hosted(job):
    queue = job.get("concurrency")
    if not isinstance(queue, dict) or (queue.get("group"), queue.get("cancel-in-progress"),
                                       queue.get("queue")) != ("gpu0", False, "max"):
        yield "gpu-queue"
    rights = job.get("permissions")
    if not isinstance(rights, dict) or set(rights.items()) - {("contents", "read")}:
        yield "gpu-rights"
    if any("secrets." in text for text in texts(job)) or "secrets" in job:
        yield "gpu-rights"


def caches(job):
    for step in job.get("steps") or []:
        uses, inputs = step.get("uses", ""), step.get("with") or {}
        if uses.startswith("actions/cache") or any("cache" in key and inputs[key] for key in inputs):
            yield step


def lost_outputs(job):
    """Indices of steps that upload a folder which no command of the job names."""
    steps = job.get("steps") or []
    told = {word.split("/")[0] for step in steps for word in str(step.get("run", "")).split()}
    for i, step in enumerate(steps):
        if step.get("uses", "").startswith("actions/upload-artifact@"):
            paths = str((step.get("with") or {}).get("path", "")).split()
            if not paths or any(path.split("/")[0] not in told for path in paths):
                yield i


def check_text(lines):
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*(- )?uses:", line) and "uses: ./" not in line and not PINNED.search(line):
            yield f"line {number}", "pinned-action"


def check_jobs(document):
    jobs = document.get("jobs") or {}
    follow_up = "workflow_run" in triggers(document)
    measures = any(is_self_hosted(job) for job in jobs.values())
    for name, job in jobs.items():
        place = f"jobs.{name}"
        if "continue-on-error" in job:
            yield place, "swallowed-failure"
        if is_self_hosted(job):
            yield from ((place, rule) for rule in check_self_hosted(job))
        if measures and any(caches(job)):
            yield place, "gpu-cache"
        yield from ((f"{place}.steps[{i}]", "lost-output") for i in lost_outputs(job))
        for i, step in enumerate(job.get("steps") or []):
            yield from ((f"{place}.steps[{i}]", rule) for rule in check_step(step, follow_up, False))


def check(path, source):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    document = yaml.safe_load(text)
    yield from check_text(text.splitlines())
    if source:
        yield from ((place, "foreign-commit") for place in foreign_commits(text.splitlines(), source))
    yield from ((place, "other-shell") for place in shells(document, "runs" in document))
    yield from ((place, "loader-variable") for place in loader_variables(document))
    yield from ((place, "event-text") for place in untrusted_texts(document))
    if "runs" in document:  # it is an action, not a workflow
        for i, step in enumerate(document["runs"].get("steps") or []):
            yield from ((f"runs.steps[{i}]", rule) for rule in check_step(step, False, True))
        return
    if "pull_request_target" in triggers(document):
        yield "on", "target-trigger"
    if document.get("permissions") != {}:
        yield "permissions", "top-permissions"
    yield from check_jobs(document)


def main(arguments):
    if arguments == ["--rules"]:
        safe_text.say("\n".join(f"{rule}: {what}" for rule, what in RULES.items()))
        return 0
    if not arguments or arguments[0].startswith("-") and (arguments[0] != "--online" or not arguments[1:]):
        safe_text.say(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    source = ""
    if arguments[0] == "--online":
        source = "https://github.com"
        arguments = arguments[1:]
        if arguments[:1] == ["--from"]:
            source, arguments = arguments[1], arguments[2:]
    found = 0
    for path in arguments:
        try:
            for place, rule in sorted(set(check(path, source))):
                safe_text.say(f"{os.path.relpath(path)}: {place}: {rule}: {RULES[rule]}")
                found = 1
        except (OSError, yaml.YAMLError, UnicodeDecodeError, AttributeError) as error:
            safe_text.die(2, f"workflow_rules.py: error: {path}: cannot be read as a workflow: {error}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
