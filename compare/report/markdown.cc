#include "compare/report/markdown.h"

#include <algorithm>

#include "compare/report/format.h"
#include "compare/report/markdown_parts.h"
#include "compare/report/note_words.h"
#include "compare/report/unit_words.h"

namespace warpgauge {
namespace {

using namespace markdown;

std::string commits(const Comparison& comparison) {
  const auto commit = [](const std::map<std::string, std::string>& context) {
    const auto found = context.find("commit");
    return found == context.end() ? std::string() : found->second;
  };
  const std::string base = commit(comparison.base_context), head = commit(comparison.head_context);
  if (base.empty() && head.empty()) return "";
  const auto shown = [](const std::string& text) { return text.empty() ? "unknown" : code(text, 40); };
  return "\nbase " + shown(base) + ", head " + shown(head) + "\n";
}

std::string how(const Comparison& comparison) {
  std::string out = "\nmethod: " + method_words(comparison.policy.unit) + "\n";
  if (!comparison.command.empty()) out += "\nmade by " + code(comparison.command, kLongestCommand) + "\n";
  return out;
}

}  // namespace

std::string markdown_report(const Comparison& comparison) {
  const std::string first = first_sentence(comparison);
  const std::string top = (first.empty() ? "" : "**" + sentence(first, Sentences::text) + "**\n\n") +
                          std::string("### ") + mark_of(verdict_of(comparison)) + " " +
                          sentence(format_verdict(comparison), Sentences::text) + "\n" + commits(comparison) +
                          worst_cases(comparison, Sentences::text) + environment(comparison) +
                          notes(comparison, Sentences::text);
  const std::string bottom = how(comparison);
  return top + full_table(comparison, kMarkdownLimit - std::min(kMarkdownLimit, top.size() + bottom.size())) +
         bottom;
}

}  // namespace warpgauge
