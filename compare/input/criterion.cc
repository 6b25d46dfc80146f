#include "compare/input/criterion.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/field_reader.h"
#include "base/fields.h"
#include "base/text.h"
#include "compare/input/repeated_cases.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNames = "benchmark.json";
constexpr const char* kSamples = "sample.json";
constexpr Format kCriterionFormat = {.schema = "",
                                     .unknown_keys = UnknownKeys::ignored,
                                     .hint = "criterion does not write this: was the file edited?"};

// The folders BASELINE with samples, sorted. Links are not followed.
std::vector<fs::path> sample_folders(const CriterionFolder& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder.path, error), end; !error && at != end; at.increment(error))
    if (at->path().filename() == kSamples && at->path().parent_path().filename() == folder.baseline)
      found.push_back(at->path().parent_path());
  std::ranges::sort(found);
  return found;
}

ReadValue numbers(std::vector<double>& into) {
  return [&into](FieldReader& in) { in.elements([&] { read::positive(into.emplace_back())(in); }); };
}

}  // namespace

std::optional<CriterionFolder> criterion_folder(const std::string& path) {
  CriterionFolder folder{.path = path};
  std::error_code error;
  const std::size_t at = path.rfind('@');
  if (!fs::exists(path, error) && at != std::string::npos && at + 1 < path.size())
    folder = {path.substr(0, at), path.substr(at + 1)};
  if (!fs::is_directory(folder.path, error) || sample_folders(folder).empty()) return std::nullopt;
  return folder;
}

std::vector<Repetition> read_criterion_samples(std::string_view text, const std::string& file) {
  std::vector<double> iterations, times;
  JsonReader json(checked_text(text, file), file);
  FieldReader in(json, file, "", kCriterionFormat);
  in.object({{"iters", numbers(iterations)}, {"times", numbers(times)}});
  json.finish();
  if (iterations.size() != times.size() || times.empty())
    in.fail_at("times", fmt::format("has {} numbers, iters has {}", times.size(), iterations.size()));
  std::vector<Repetition> samples;
  for (std::size_t i = 0; i < times.size(); ++i) {
    Repetition sample;
    sample.value = times[i] / iterations[i];
    if (!is_positive(sample.value))
      in.fail_at(fmt::format("times[{}]", i), "is too far from the number of its iterations to be compared");
    samples.push_back(std::move(sample));
  }
  return samples;
}

std::string read_criterion_name(std::string_view text, const std::string& file) {
  std::string name;
  JsonReader json(checked_text(text, file), file);
  FieldReader in(json, file, "", kCriterionFormat);
  in.object({{"full_id", read::name(name)}});
  json.finish();
  return name;
}

Process read_criterion(const CriterionFolder& folder, const std::string& name, const ReadOptions& options) {
  if (options.metric.name != "real_time")
    throw meaning_diagnostic(name, "", fmt::format("has no {}", printable(options.metric.name)),
                             "criterion writes real_time only");
  Process process;
  process.file = name;
  RepeatedCases cases(process);
  for (const fs::path& one : sample_folders(folder)) {
    const std::string names = (one / kNames).string(), samples = (one / kSamples).string();
    const std::string called = read_criterion_name(read_file(names), names);
    if (!options.keeps(called, called)) continue;
    Case& measured = cases.called(called);
    if (!measured.repetitions.empty())
      throw meaning_diagnostic(names, "full_id", "an earlier folder has the same name",
                               "remove the folders of benchmarks that no longer exist");
    measured.repetitions = read_criterion_samples(read_file(samples), samples);
  }
  return process;
}

}  // namespace warpgauge
