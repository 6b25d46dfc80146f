// Kernel against kernel within one set of results: our time over the best peer's, case by case.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/input/result_set.h"
#include "compare/statistics/statistic.h"

namespace re2 {
class RE2;
}

namespace warpgauge {

// The kernel in a case's name: what the expression matches first.
class KernelPattern {
 public:
  // Throws std::invalid_argument if `expression` is not a regular expression, or matches the empty text.
  explicit KernelPattern(std::string_view expression);

  struct Split {
    std::string kernel;   // the match
    std::string problem;  // the rest of the name
  };
  [[nodiscard]] std::optional<Split> split(std::string_view name) const;

 private:
  std::shared_ptr<const re2::RE2> expression_;
};

struct RivalOptions {
  KernelPattern ours, peers;  // a name that matches both is ours
  Metric metric = {};
  std::optional<Statistic> statistic = {};
  std::optional<double> process_cv = {};  // assumed between processes, if there are fewer than three
  bool allow_hardware_mismatch = false;
};

// The intervals must not overlap, and Cliff's delta over all samples must be at least this.
inline constexpr double kLeastDelta = 0.3;

enum class RivalVerdict { win, loss, undecided };
[[nodiscard]] const char* rival_verdict_name(RivalVerdict verdict);

struct RivalKernel {
  std::string kernel, name;    // "cpu/flash"; the whole name of its case
  double value = 0;            // geometric mean of the processes, in the metric's unit
  std::array<double, 2> ci{};  // 95 %
  std::int64_t processes = 0, samples = 0;
};

// One problem. `ratio` > 1: ours is slower, whichever way the metric is better.
struct RivalCase {
  std::string name;
  RivalKernel ours, peer;  // the best of each
  double ratio = 1;
  std::array<double, 2> ci{};
  double cliffs_delta = 0;  // < 0: ours is faster
  RivalVerdict verdict = RivalVerdict::undecided;
};

struct RivalFailure {
  std::string name, file, message;
  bool is_ours = false;
};

struct Rivals {
  std::string metric, statistic;
  std::vector<RivalCase> cases;  // largest ratio first
  double ratio = 1;              // geometric mean over the cases
  std::array<double, 2> ci{};
  std::vector<std::string> only_ours, only_peers;  // names of cases without a rival
  std::vector<RivalFailure> failures;
  std::optional<double> assumed_deviation;  // set if some interval needed it
  bool is_other_machine = false;            // the files are of different machines: nothing is decided
  std::vector<ContextDifference> differences;
  std::vector<Note> notes;
  Texts context;  // of the last file
  std::string command;

  [[nodiscard]] std::size_t count(RivalVerdict verdict) const;
};

[[nodiscard]] Rivals compare_rivals(const ResultSet& results, const RivalOptions& options);

// 0: no case is a loss; 1: a case is, or one of ours failed; 4: nothing could be compared.
[[nodiscard]] int exit_code_of(const Rivals& rivals);

}  // namespace warpgauge
