#include "compare/report/baseline_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <concepts>

#include "base/escape.h"
#include "base/number_format.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostLines = 20;

struct RoundWords {
  std::string operator()(const round_problem::NothingMeasured&) const {
    return "no case was measured, all were skipped; the results say why";
  }
  std::string operator()(const round_problem::SeveralRounds&) const {
    return "the files are of several rounds, or have no dates; give the processes of one boot within an hour "
           "(--date sets the date of files without one)";
  }
  std::string operator()(const round_problem::AlreadyIn& problem) const {
    return fmt::format("already in the baseline: {}; measure a new round",
                       problem.date.empty() ? "a stored round has this name"
                                            : "a stored round has this date, " + visible(problem.date));
  }
  std::string operator()(const round_problem::Undated&) const {
    return "the results have neither a date nor a round, so they may be in the baseline already; give "
           "--date, "
           "when they were measured";
  }
  std::string operator()(const round_problem::BadDate& problem) const {
    return fmt::format("'{}' is not a date when a benchmark can have run; check the clock of the machine",
                       visible(problem.date));
  }
  std::string operator()(const round_problem::BeforeLast& problem) const {
    return fmt::format("measured on {}, before the baseline's last round ({}); bless rounds in their order",
                       visible(problem.date), visible(problem.last_date));
  }
  std::string operator()(const round_problem::UnderAnHour& problem) const {
    return fmt::format("under an hour old: measured {} min after the last round ({}){}; {}", problem.minutes,
                       visible(problem.last_date), problem.same_boot ? " on the same boot" : "",
                       problem.same_boot ? "wait an hour, or restart the machine" : "wait an hour");
  }
};

struct EditWords {
  template <class Renaming>
  requires std::constructible_from<RenameProblem, const Renaming&> std::string operator()(
      const Renaming& problem) const {
    return rename_problem_text(problem, "the baseline");
  }
  std::string operator()(const edit_problem::MatchesNothing& problem) const {
    const char* const flag = problem.flag == edit_problem::Flag::accept   ? "--accept"
                             : problem.flag == edit_problem::Flag::remove ? "--remove"
                                                                          : "--noise";
    return fmt::format("{} matches no case of the baseline{}; check the expression", flag,
                       problem.flag == edit_problem::Flag::noise ? " that head measures" : "");
  }
  std::string operator()(const edit_problem::StillMeasured& problem) const {
    return fmt::format("--remove matches '{}', which head still measures; --accept restarts a case",
                       visible(problem.name));
  }
  std::string operator()(const edit_problem::NotMeasured& problem) const {
    return fmt::format("--accept matches '{}', which head does not measure; --remove removes a case",
                       visible(problem.name));
  }
  std::string operator()(const edit_problem::AcceptedNoise& problem) const {
    return fmt::format("--accept and --noise both match '{}'; noise does not change the baseline of a case",
                       visible(problem.name));
  }
};

struct HistoryWords {
  std::string operator()(const history_note::ShallowClone&) const {
    return "the clone is shallow, older rounds are missing; `git fetch --unshallow` gets them";
  }
  std::string operator()(const history_note::NotCommitted&) const {
    return "the file has changes that are not committed";
  }
  std::string operator()(const history_note::InvalidVersion& note) const {
    return "skipped: " + visible(note.diagnostic);
  }
  std::string operator()(const history_note::OtherVersions& note) const {
    return fmt::format("skipped: {} with another metric, statistic or machine than the file has now",
                       format_count(static_cast<std::int64_t>(note.versions), "versions"));
  }
  std::string operator()(const history_note::GoneCases& note) const {
    return fmt::format("older versions have {} that the file no longer has",
                       format_count(static_cast<std::int64_t>(note.cases), "cases"));
  }
};

std::string change_over_rounds(const Drift& drift) {
  return fmt::format("{} over {}", format_change(drift.ratio),
                     format_count(static_cast<std::int64_t>(drift.rounds), "rounds"));
}

}  // namespace

std::string round_problem_text(const RoundProblem& problem) {
  return std::visit(RoundWords(), problem);
}

std::string edit_problem_text(const EditProblem& problem) {
  return std::visit(EditWords(), problem);
}

std::string history_note_text(const HistoryNote& note) {
  return std::visit(HistoryWords(), note);
}

std::string drift_refusal(std::span<const Drift> drifted) {
  std::string text = "the baseline would drift; latest round against the oldest:\n";
  for (const Drift& drift : drifted.first(std::min(drifted.size(), kMostLines)))
    text += fmt::format("  {}  {}\n", change_over_rounds(drift), visible(drift.name));
  if (drifted.size() > kMostLines) text += fmt::format("  and {} more\n", drifted.size() - kMostLines);
  return text +
         "find what made these cases slower; --accept RE takes in an intended change, and restarts the "
         "case\n";
}

}  // namespace warpgauge
