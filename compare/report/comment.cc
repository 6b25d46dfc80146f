#include "compare/report/comment.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/date.h"
#include "base/number_format.h"
#include "compare/report/format.h"
#include "compare/report/markdown.h"
#include "compare/report/markdown_parts.h"
#include "compare/report/note_words.h"
#include "compare/report/unit_words.h"

namespace warpgauge {
namespace {

using markdown::code;

constexpr std::size_t kMostJobs = 20, kMostSteps = 3;
constexpr std::int64_t kLeastSeconds = 5;  // of a step that is listed
constexpr std::size_t kShortCommit = 12, kLongestStep = 60;

std::string text_of(const Texts& context, const std::string& key) {
  const auto found = context.find(key);
  return found == context.end() ? "" : found->second;
}

// Nothing if the text cannot be a commit.
std::string commit_of(const std::string& text) {
  const bool is_hex = text.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_hex && text.size() >= 7 && text.size() <= 40 ? text.substr(0, kShortCommit) : "";
}

std::string shown_commit(const std::string& commit) {
  return commit.empty() ? "unknown" : code(commit, kShortCommit + 2);
}

std::string baseline_age(const Comparison& comparison) {
  const auto stored = parse_date(text_of(comparison.baseline_context, "date"));
  const auto measured = parse_date(text_of(comparison.head_context, "date"));
  if (!stored || !measured) return "; no stored baseline was used";
  constexpr double kSecondsPerDay = 86'400;
  const std::string commit = commit_of(text_of(comparison.baseline_context, "commit"));
  return fmt::format("; baseline {:.1f} days old{}",
                     static_cast<double>(*measured - *stored) / kSecondsPerDay,
                     commit.empty() ? "" : ", of " + shown_commit(commit));
}

std::string commits(const Comparison& comparison, const std::string& head) {
  const std::string of_head = commit_of(head.empty() ? text_of(comparison.head_context, "commit") : head);
  std::string out = fmt::format("\nhead {}, base {}{}", shown_commit(of_head),
                                shown_commit(commit_of(text_of(comparison.base_context, "commit"))),
                                baseline_age(comparison));
  if (comparison.mde) out += "; minimum detectable effect (MDE) " + format_mde(*comparison.mde);
  return out + "\n";
}

std::string span(std::int64_t from, std::int64_t to) {
  return format_time_span(static_cast<double>(to - from));
}

// The longest steps of a job, in parentheses.
std::string slow_steps(const TimelineJob& job) {
  std::vector<std::pair<std::int64_t, std::string>> steps;
  for (const TimelineStep& step : job.steps) {
    if (step.started && step.completed && *step.completed - *step.started >= kLeastSeconds)
      steps.emplace_back(*step.completed - *step.started, step.name);
  }
  std::ranges::stable_sort(steps, [](const auto& a, const auto& b) { return a.first > b.first; });
  steps.resize(std::min(steps.size(), kMostSteps));
  std::string out;
  for (const auto& [seconds, name] : steps)
    out += fmt::format("{}{} {}", out.empty() ? " (" : ", ", code(name, kLongestStep), span(0, seconds));
  return out.empty() ? "" : out + ")";
}

std::string where_the_time_went(const Timeline& timeline) {
  std::vector<TimelineJob> ran = timeline.jobs;
  std::erase_if(ran, [](const TimelineJob& job) {
    return !job.started || !job.completed || job.conclusion == "skipped";
  });
  if (ran.empty() || !timeline.created) return "";
  const std::int64_t begin = *timeline.created;
  const std::int64_t end = *std::ranges::max_element(ran, {}, &TimelineJob::completed)->completed;
  std::ranges::stable_sort(ran, {}, &TimelineJob::started);
  ran.resize(std::min(ran.size(), kMostJobs));
  std::string out = fmt::format("\n**Duration**: {} from push to result\n\n", span(begin, end));
  for (const TimelineJob& job : ran)
    out += fmt::format("- {}: began after {}, took {}{}\n", code(job.name, markdown::kLongestName),
                       span(begin, *job.started), span(*job.started, *job.completed), slow_steps(job));
  return out;
}

bool is_failure(const std::string& conclusion) {
  return conclusion == "failure" || conclusion == "timed_out" || conclusion == "cancelled";
}

std::string failures(const Timeline& timeline) {
  std::string out;
  for (std::size_t i = 0; i < std::min(timeline.jobs.size(), kMostJobs); ++i) {
    const TimelineJob& job = timeline.jobs[i];
    if (!is_failure(job.conclusion)) continue;
    const auto step =
        std::ranges::find_if(job.steps, [](const TimelineStep& one) { return is_failure(one.conclusion); });
    out += fmt::format("- {}: {}{}\n", code(job.name, markdown::kLongestName),
                       code(job.conclusion, kLongestStep),
                       step == job.steps.end() ? "" : " at " + code(step->name, kLongestStep));
  }
  return out.empty() ? "" : "\n" + out;
}

}  // namespace

std::string comment_report(Comparison comparison, const Timeline& timeline, const std::string& head) {
  sort_worst_first(comparison.cells);
  const RunVerdict verdict = verdict_of(comparison);
  const std::string first = first_sentence(comparison);
  std::string top =
      fmt::format("{}\n{}### {} {}: {}\n", kCommentMarker,
                  first.empty() ? "" : sentence(first, markdown::Sentences::text) + "\n\n",
                  markdown::mark_of(verdict), run_verdict_name(verdict), format_counts(comparison));
  top += commits(comparison, head);
  if (verdict == RunVerdict::pass && timeline.failed())
    top += "\nThe comparison passes, but its run did not succeed:\n" + failures(timeline);
  top += markdown::worst_cases(comparison, markdown::Sentences::code) + markdown::environment(comparison) +
         markdown::notes(comparison, markdown::Sentences::code);
  const std::string bottom =
      where_the_time_went(timeline) + "\nmethod: " + method_words(comparison.policy.unit) + "\n";
  const std::size_t used = top.size() + bottom.size();
  return top + markdown::full_table(comparison, kMarkdownLimit - std::min(kMarkdownLimit, used)) + bottom;
}

std::string comment_without_result(const std::string& reason, const Timeline& timeline,
                                   const std::string& head) {
  return fmt::format(
             "{}\n### ❌ no result: nothing is known about the performance of this change\n\nhead {}; {}\n",
             kCommentMarker, shown_commit(commit_of(head)), code(reason, markdown::kLongestText)) +
         failures(timeline) + where_the_time_went(timeline);
}

}  // namespace warpgauge
