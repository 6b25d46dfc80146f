// A run of a GitHub workflow, as GitHub's API describes it: when its jobs and their steps ran, and how they
// ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace warpgauge {

// Times are seconds since 1970; empty if it did not start or end.
struct TimelineStep {
  std::string name, conclusion;
  std::optional<std::int64_t> started, completed;
};
struct TimelineJob {
  std::string name, conclusion;
  std::optional<std::int64_t> started, completed;
  std::vector<TimelineStep> steps;
};
struct Timeline {
  std::optional<std::int64_t> created;
  std::string conclusion;  // of the run: "success", "failure", ...; empty if it is not known
  std::vector<TimelineJob> jobs;

  bool failed() const { return !conclusion.empty() && conclusion != "success"; }
};

// {"run": {...}, "jobs": [{...}]}. Throws Diagnostic.
[[nodiscard]] Timeline parse_timeline(std::string_view text, const std::string& file);
[[nodiscard]] Timeline read_timeline(const std::string& path);

}  // namespace warpgauge
