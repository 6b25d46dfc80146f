#include "compare/baseline/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <tuple>

#include "base/atomic_file.h"
#include "base/child.h"
#include "base/date.h"
#include "base/diagnostic.h"
#include "base/scratch_directory.h"
#include "base/text.h"
#include "compare/baseline/round.h"

namespace warpgauge {
namespace {

constexpr double kGitTimeout_s = 120;
constexpr int kNoSuchProgram = 127;  // what env exits with
constexpr std::size_t kShortCommit = 10;

// What identifies a round in every version that holds it.
using RoundKey = std::tuple<std::string, std::string, std::string>;
RoundKey key_of(const BaselineRound& round) {
  return {round.round, round.date, round.commit};
}

using EventKey = std::tuple<std::string, std::vector<std::string>, std::string, std::string, std::string>;
EventKey key_of(const BaselineEvent& event) {
  return {event.action, event.cases, event.reason, event.date, event.commit};
}

class Git {
 public:
  explicit Git(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // The output of a git command. Throws HistoryError if it fails.
  std::string operator()(const std::vector<std::string>& words) const {
    std::vector<std::string> arguments{"git", "-C", directory_.string(), "-c", "log.showSignature=false"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const std::string output = scratch_.path() + "/output", errors = scratch_.path() + "/errors";
    const ChildResult result =
        run_child({"/usr/bin/env", arguments, {"LC_ALL=C"}, output, errors, kGitTimeout_s}, never_);
    if (result.ok()) return read_file(output);
    if (result.end == ChildResult::End::exited && result.code == kNoSuchProgram)
      throw HistoryError("git was not found; install it, or add it to PATH");
    const std::string said = read_if_there(errors).value_or("");
    const std::string first_line = said.substr(0, said.find('\n'));
    throw HistoryError(fmt::format("{}: git {}: {}; the baseline has to be in a git repository",
                                   directory_.string(), words.front(),
                                   first_line.empty() ? result.describe() : first_line));
  }

 private:
  std::filesystem::path directory_;
  ScratchDirectory scratch_;
  const std::atomic<bool> never_{false};
};

struct CommittedFile {
  std::string commit, path;  // path from the top of the repository
};

// Parses `git log -z --name-status --format=%H`: COMMIT NUL, then newline STATUS NUL PATH NUL, with two paths
// for a rename or copy, the new one last. Newest first, and no further than a copy of another file.
std::vector<CommittedFile> parse_log(const std::string& log) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < log.size();) {
    const std::size_t end = std::min(log.find('\0', begin), log.size());
    words.push_back(log.substr(begin, end - begin));
    begin = end + 1;
  }
  std::vector<CommittedFile> files;
  for (std::size_t i = 0; i + 2 < words.size();) {
    const std::string& commit = words[i];
    const std::string& status = words[i + 1];
    if (!status.starts_with('\n')) {  // a merge that did not change the file
      ++i;
      continue;
    }
    const bool moved = status[1] == 'R' || status[1] == 'C';
    if (moved && i + 3 >= words.size()) break;
    files.push_back({commit, words[i + (moved ? 3 : 2)]});
    if (status[1] == 'C') break;
    i += moved ? 4 : 3;
  }
  return files;
}

std::string shortened_commit(const std::string& commit) {
  return commit.substr(0, kShortCommit);
}

bool is_comparable(const Baseline& a, const Baseline& b) {
  return a.metric == b.metric && statistic_of(a) == statistic_of(b) && a.identity == b.identity;
}

// The rounds, numbers and events of versions, which are taken from the oldest to the newest.
class Collector {
 public:
  void take(const BaselineVersion& version) {
    for (const BaselineEvent& event : version.baseline.history) {
      if (!seen_.insert(key_of(event)).second) continue;
      events_.push_back({event, version.commit});
      if (event.action == "rename" && event.cases.size() == 2) rename(event.cases[0], event.cases[1]);
    }
    const auto& rounds = version.baseline.rounds;
    for (const BaselineRound& round : rounds)
      if (round.state == RoundState::accepted) rounds_.emplace(key_of(round), round);
    for (const auto& [name, numbers] : version.baseline.cases) {
      for (std::size_t i = 0; i < rounds.size(); ++i) {
        if (numbers[i] && counts(rounds[i], name)) cases_[name][key_of(rounds[i])] = *numbers[i];
      }
    }
  }

  // The trend of the cases that `last` still has.
  BaselineTrend trend(const Baseline& last) const {
    BaselineTrend trend{.metric = last.metric, .rounds = {}, .cases = {}, .events = events_, .notes = {}};
    for (const auto& [key, round] : rounds_) trend.rounds.push_back(round);
    std::stable_sort(trend.rounds.begin(), trend.rounds.end(),
                     [](const BaselineRound& a, const BaselineRound& b) {
                       return parse_date(a.date) < parse_date(b.date);
                     });
    for (const auto& [name, unused] : last.cases) {
      const auto& found = cases_.at(name);
      auto& numbers = trend.cases[name];
      for (const BaselineRound& round : trend.rounds) {
        const auto number = found.find(key_of(round));
        numbers.push_back(number == found.end() ? std::nullopt : std::optional(number->second));
      }
    }
    const std::size_t gone = cases_.size() - trend.cases.size();
    if (gone > 0) trend.notes.emplace_back(history_note::GoneCases{gone});
    return trend;
  }

 private:
  void rename(const std::string& from, const std::string& to) {
    auto entry = cases_.extract(from);
    if (entry.empty()) return;
    cases_[to].merge(entry.mapped());
  }

  std::map<RoundKey, BaselineRound> rounds_;
  std::map<std::string, std::map<RoundKey, double>> cases_;
  std::vector<TrendEvent> events_;
  std::set<EventKey> seen_;
};

}  // namespace

BaselineVersions read_versions(const std::filesystem::path& file) {
  const std::string text = read_file(file.string());
  Baseline current = parse_baseline(text, file.string());
  BaselineVersions history;
  const Git git(file.has_parent_path() ? file.parent_path() : ".");
  if (git({"rev-parse", "--is-shallow-repository"}) == "true\n")
    history.notes.emplace_back(history_note::ShallowClone{});
  // In a repository without a commit `git log` fails; rev-list of all refs is then empty.
  std::vector<CommittedFile> files;
  if (!git({"rev-list", "--all", "--max-count=1"}).empty())
    files = parse_log(git({"log", "--follow", "--find-renames", "--name-status", "--no-relative",
                           "--diff-merges=first-parent", "--diff-filter=d", "-z", "--format=%H", "--",
                           file.filename().string()}));
  std::string newest;
  for (const auto& [commit, path] : files) {
    const std::string committed = git({"cat-file", "blob", commit + ":" + path});
    if (newest.empty()) newest = committed;
    try {
      history.versions.push_back({commit, parse_baseline(committed, shortened_commit(commit) + ":" + path)});
    } catch (const Diagnostic& error) {
      history.notes.emplace_back(history_note::InvalidVersion{error.what()});
    }
  }
  std::reverse(history.versions.begin(), history.versions.end());
  if (text != newest) {
    history.versions.push_back({"", std::move(current)});
    history.notes.emplace_back(history_note::NotCommitted{});
  }
  return history;
}

BaselineTrend trend_of(const BaselineVersions& history) {
  const Baseline& last = history.versions.back().baseline;
  Collector collector;
  std::size_t others = 0;
  for (const BaselineVersion& version : history.versions) {
    if (is_comparable(version.baseline, last)) {
      collector.take(version);
    } else {
      ++others;
    }
  }
  BaselineTrend trend = collector.trend(last);
  trend.notes.insert(trend.notes.begin(), history.notes.begin(), history.notes.end());
  if (others > 0) trend.notes.emplace_back(history_note::OtherVersions{others});
  return trend;
}

std::optional<double> drift_ratio(const std::vector<std::optional<double>>& numbers, Better better) {
  std::vector<double> known;
  for (const auto& number : numbers) {
    if (number) known.push_back(*number);
  }
  if (known.size() < 2 || known.front() <= 0 || known.back() <= 0) return std::nullopt;
  return better == Better::lower ? known.back() / known.front() : known.front() / known.back();
}

}  // namespace warpgauge
