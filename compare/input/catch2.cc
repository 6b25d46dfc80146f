#include "compare/input/catch2.h"

#include <fmt/format.h>

#include <cmath>

#include "base/diagnostic.h"
#include "base/fields.h"
#include "base/text.h"
#include "compare/input/repeated_cases.h"
#include "compare/input/xml.h"

namespace warpgauge {
namespace {

constexpr std::string_view kNotOfCatch2 = "Catch2 does not write this: was the file edited?";

class Catch2Reader {
 public:
  Catch2Reader(std::string_view text, const std::string& file, const ReadOptions& options)
      : text_(text), file_(file), options_(options), cases_(process_) {
    process_.file = file;
  }
  Process read();

 private:
  void check_root(const XmlTag& tag);
  void begin(const XmlTag& tag);
  void end(const std::string& name);
  double number(const XmlTag& tag, const char* attribute) const;
  std::string place(const XmlTag& tag) const { return fmt::format("line {} {}", tag.line, printable(name_)); }

  std::string_view text_;
  const std::string& file_;
  const ReadOptions& options_;
  std::vector<std::string> path_;  // names of the open test case and sections
  Process process_;
  RepeatedCases cases_;
  bool has_root_ = false, in_benchmark_ = false;
  XmlTag benchmark_;
  std::string name_, failure_;
  std::optional<double> mean_, deviation_;
};

Process Catch2Reader::read() {
  if (options_.metric.name != "real_time")
    throw meaning_diagnostic(file_, "", fmt::format("has no {}", printable(options_.metric.name)),
                             "Catch2 writes real_time only");
  read_xml(text_, file_,
           {.begin =
                [&](const XmlTag& tag) {
                  begin(tag);
                  return true;
                },
            .end = [&](const std::string& name) { end(name); }});
  cases_.warn();
  return std::move(process_);
}

void Catch2Reader::check_root(const XmlTag& tag) {
  if (tag.name != "Catch2TestRun" && tag.name != "Catch")
    throw meaning_diagnostic(file_, "", "is XML, but not of Catch2's reporter 'xml'",
                             "run the tests with --reporter xml --out FILE");
  if (const std::string* name = tag.find("name")) process_.executable_path = *name;
  has_root_ = true;
}

void Catch2Reader::begin(const XmlTag& tag) {
  if (!has_root_) check_root(tag);
  const std::string* const name = tag.find("name");
  if (tag.name == "TestCase" || tag.name == "Section") path_.push_back(name ? *name : "");
  if (tag.name == "BenchmarkResults") {
    in_benchmark_ = true;
    benchmark_ = tag;
    if (!name) throw meaning_diagnostic(file_, place(tag), "has no name", kNotOfCatch2);
    path_.push_back(*name);
    name_ = fmt::format("{}", fmt::join(path_, "/"));
    path_.pop_back();
    failure_.clear();
    mean_ = deviation_ = std::nullopt;
  }
  if (!in_benchmark_) return;
  if (tag.name == "mean") mean_ = number(tag, "value");
  if (tag.name == "standardDeviation") deviation_ = number(tag, "value");
  if (const std::string* message = tag.find("message"); tag.name == "failed")
    failure_ = message && !message->empty() ? *message : "failed without a message";
}

void Catch2Reader::end(const std::string& name) {
  if (name == "TestCase" || name == "Section") path_.pop_back();
  if (name != "BenchmarkResults") return;
  in_benchmark_ = false;
  if (!options_.keeps(name_, name_)) return;
  Case& measured = cases_.called(name_);
  measured.aggregate_only = true;
  if (!failure_.empty()) {
    measured.failure = failure_;
    return;
  }
  if (!mean_) throw meaning_diagnostic(file_, place(benchmark_), "has no mean", kNotOfCatch2);
  if (!is_positive(*mean_)) throw not_positive(*mean_, fmt::format("{}", *mean_), file_, place(benchmark_));
  Repetition mean;
  mean.value = *mean_;
  measured.repetitions.push_back(std::move(mean));
  if (!deviation_ || !benchmark_.find("samples")) return;
  const SampleNoise noise{*deviation_ / *mean_, number(benchmark_, "samples")};
  if (std::isfinite(noise.deviation) && noise.deviation >= 0 && noise.samples >= 2) measured.noise = noise;
}

// "2.15012e+09"
double Catch2Reader::number(const XmlTag& tag, const char* attribute) const {
  const std::string* const text = tag.find(attribute);
  const auto value = text ? decimal_number_of(*text) : std::nullopt;
  if (value) return *value;
  throw meaning_diagnostic(
      file_, fmt::format("{}.{}.{}", place(tag), printable(tag.name), attribute),
      text ? fmt::format("\"{}\" is not a number", printable(*text)) : std::string("is missing"),
      kNotOfCatch2);
}

}  // namespace

Process read_catch2(std::string_view text, const std::string& file, const ReadOptions& options) {
  return Catch2Reader(text, file, options).read();
}

std::string catch2_executable(std::string_view text) {
  std::string executable;
  const auto take_root = [&](const XmlTag& root) {
    if (const std::string* name = root.find("name")) executable = *name;
    return false;
  };
  read_xml(text, "", {.begin = take_root, .end = [](const std::string&) {}});
  return executable;
}

}  // namespace warpgauge
