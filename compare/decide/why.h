// Why a case has its verdict, as facts. report/why_words.cc turns each kind into a sentence.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "compare/statistics/decision.h"

namespace warpgauge {

// A process of `side` failed on the case, or computed a wrong result.
struct Failed {
  Side side = Side::head;
  std::string file, message;
  bool on_both_sides = false;  // then `side` is base
  bool allowed = false;        // only head failed, and --allow-failed permits it
  bool operator==(const Failed&) const = default;
};
// `side` lacks the case.
struct Absent {
  Side side = Side::head;
  bool operator==(const Absent&) const = default;
};
// `side` skipped the case on purpose (SkipWithMessage).
struct Skipped {
  Side side = Side::head;
  std::string file, message;
  bool operator==(const Skipped&) const = default;
};
// The sides were measured on different machines.
struct OtherMachine {
  bool operator==(const OtherMachine&) const = default;
};
// `bless --accept` restarts the case. `before`: the stored value, in the metric's unit.
struct Accepted {
  std::optional<double> before;
  bool operator==(const Accepted&) const = default;
};

// std::monostate: no reason.
using Why =
    std::variant<std::monostate, NotProved, ChangeProved, SameProved, DependsOnExclusion, NullControlFailed,
                 AllExcluded, NotAnalysed, NoTime, BelowResolution, Dropped, ByDifference, DifferenceOpen,
                 ExactVaries, Failed, Absent, Skipped, OtherMachine, Accepted>;

[[nodiscard]] inline Why why_of(const DecisionWhy& why) {
  return std::visit([](const auto& kind) { return Why(kind); }, why);
}

}  // namespace warpgauge
