// compare comment: the comment under a pull request.
#include "compare/report/comment.h"

#include <memory>

#include "base/console.h"
#include "base/diagnostic.h"
#include "compare/commands/command.h"
#include "compare/commands/reports.h"
#include "compare/report/comparison_file.h"

namespace warpgauge {
namespace {

// What the flags set.
struct CommentRequest {
  std::string comparison, failure, head;
  Timeline timeline;
};

std::string parse_commit(const std::string& text) {
  const bool is_hex = text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_hex || text.size() < 7 || text.size() > 40)
    throw bad_value(text, "is not a commit", "give 7 to 40 hexadecimal digits");
  return text;
}

// A comparison that is not valid gives a comment that says so: somebody has to see it under the pull request.
std::string comment_of(const CommentRequest& request) {
  if (!request.failure.empty())
    return comment_without_result(request.failure, request.timeline, request.head);
  try {
    return comment_report(read_comparison(request.comparison), request.timeline, request.head);
  } catch (const Diagnostic& error) {
    return comment_without_result(error.what(), request.timeline, request.head);
  }
}

}  // namespace

Command comment_command() {
  const auto request = std::make_shared<CommentRequest>();
  Command comment{
      .name = "comment",
      .summary = "Prints the comment under a pull request, from comparison.json",
      .description =
          "Prints the Markdown of a comment: verdict, commits, age of the baseline, the cases that changed, "
          "and where the time of the workflow's run went. It does not trust the file: texts from it stand in "
          "code spans, and the comment has at most 60,000 bytes. If FILE is not valid, the comment says so.",
      .examples = {"comment comparison.json", "comment comparison.json --timeline run.json --head 0123abcd",
                   "comment --failure 'the run left no comparison' --timeline run.json"},
      .exit_codes = "0 printed; 2 usage; 3 the timeline is not valid; 5 stdout cannot be written",
      .flags = {},
      .run = [request](const std::string&) {
        print_document(comment_of(*request));
        return 0;
      }};
  FlagTable& flags = comment.flags;
  flags.add_heading("Arguments");
  flags.add({.name = "FILE",
             .value = "FILE",
             .help = "comparison.json of `gate`, `ab` or `settle`",
             .take = text_into(request->comparison),
             .echo = Echo::as_path});
  flags.add({.name = "--failure",
             .value = "TEXT",
             .help = "Prints the comment of a run that left no comparison, with this reason",
             .take = text_into(request->failure)});
  flags.add({.name = "--timeline",
             .value = "FILE",
             .help = R"(JSON file {"run": ..., "jobs": [...]}, as GitHub's API describes a workflow's run)",
             .take = parsed_into(request->timeline, read_timeline),
             .echo = Echo::as_path});
  flags.add({.name = "--head",
             .value = "SHA",
             .help = "Commit of the pull request",
             .default_shown = "what the comparison says",
             .take = parsed_into(request->head, parse_commit)});
  flags.add_rule([request](const FlagTable&) {
    if (request->comparison.empty() == request->failure.empty())
      throw UsageError("give either FILE or --failure TEXT, not both");
  });
  return comment;
}

}  // namespace warpgauge
