#include "compare/input/rename.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <vector>

#include "base/escape.h"
#include "base/text.h"
#include "base/usage_error.h"

namespace warpgauge {
namespace {

constexpr const char* kHint = "give OLD=NEW, with \\ before a literal special character of OLD";

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = utf8_character_bytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::size_t separator_in(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '=')
      return at;
  }
  throw bad_value(text, "has no '='", "give OLD=NEW");
}

struct RenameWords {
  std::string_view holder;

  std::string operator()(const rename_problem::NothingToRename& problem) const {
    return fmt::format("--rename '{}': {} has no such case; give OLD=NEW", visible(problem.text), holder);
  }
  std::string operator()(const rename_problem::EmptyNewName& problem) const {
    return fmt::format("--rename '{}': the new name is empty; give OLD=NEW", visible(problem.text));
  }
  std::string operator()(const rename_problem::NewNameTaken& problem) const {
    return fmt::format("--rename '{}': {} already has a case '{}'; {}", visible(problem.text), holder,
                       visible(problem.name),
                       holder == "the baseline" ? "remove it first" : "give another name");
  }
  std::string operator()(const rename_problem::TwoToOne& problem) const {
    return fmt::format("--rename '{}': '{}' and '{}' would both be called '{}'; give each its own name",
                       visible(problem.text), visible(problem.first), visible(problem.second),
                       visible(problem.name));
  }
};

}  // namespace

Rename::Rename(std::string_view text) : text_(text) {
  if (!is_utf8(text)) throw bad_value(text, "is not UTF-8, so no file can hold the name", "give OLD=NEW");
  const std::size_t at = separator_in(text);
  new_ = text.substr(at + 1);
  re2::RE2::Options options;
  options.set_log_errors(false);  // the caller reports them
  const auto compiled = std::make_shared<re2::RE2>(piece(text.substr(0, at)), options);
  if (!compiled->ok())
    throw bad_value(text, "begins with no regular expression: " + compiled->error(), kHint);
  std::string error;
  if (!compiled->CheckRewriteString(piece(new_), &error))
    throw bad_value(text, "ends with no replacement: " + error.substr(0, error.find_last_not_of('.') + 1),
                    "\\1 is the first group of OLD, \\\\ a backslash");
  old_ = compiled;
}

std::optional<std::string> Rename::new_name(std::string_view name) const {
  if (auto literal = literal_new_name(name)) return literal;
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(old_->NumberOfCapturingGroups()) + 1);
  std::string renamed;
  if (!old_->Match(piece(name), 0, name.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                   static_cast<int>(groups.size())) ||
      !old_->Rewrite(&renamed, piece(new_), groups.data(), static_cast<int>(groups.size())))
    return std::nullopt;
  return renamed;
}

std::optional<std::string> Rename::literal_new_name(std::string_view name) const {
  if (text_.size() <= name.size() || !text_.starts_with(name) || text_[name.size()] != '=')
    return std::nullopt;
  return text_.substr(name.size() + 1);
}

std::variant<NewNames, RenameProblem> new_names(const Rename& rename, const std::set<std::string>& names) {
  using namespace rename_problem;
  NewNames renamed;
  for (const std::string& name : names)
    if (auto literal = rename.literal_new_name(name); literal && renamed.empty())
      renamed.emplace(name, *literal);
  if (renamed.empty()) {
    for (const std::string& name : names)
      if (auto matched = rename.new_name(name)) renamed.emplace(name, *matched);
  }
  if (renamed.empty()) return NothingToRename{rename.text()};
  std::map<std::string, std::string> old_of;
  for (const auto& [from, to] : renamed) {
    if (to.empty()) return EmptyNewName{rename.text()};
    if (names.contains(to) && !renamed.contains(to)) return NewNameTaken{rename.text(), to};
    if (const auto [other, is_new] = old_of.emplace(to, from); !is_new)
      return TwoToOne{rename.text(), other->second, from, to};
  }
  return renamed;
}

std::string rename_problem_text(const RenameProblem& problem, std::string_view holder) {
  return std::visit(RenameWords{holder}, problem);
}

}  // namespace warpgauge
