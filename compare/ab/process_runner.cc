#include "compare/ab/process_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/diagnostic.h"
#include "base/free_space.h"
#include "compare/ab/case_pattern.h"
#include "compare/ab/position_results.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostPadding = 4096;  // bytes: a page of stack alignments
constexpr std::size_t kMostStderrBytes = std::size_t{1} << 20;
constexpr double kBriefSeconds = 0.1;

// The path has the same length on both sides. It is on the stack of the process, whose alignment biases
// timings.
std::string link_of(const std::string& directory, Side side) {
  return fmt::format("{}/{}/bench", directory, side_name(side));
}

void make_link(const std::string& link, const std::string& executable) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(link).parent_path(), error);
  if (!error) std::filesystem::create_symlink(std::filesystem::absolute(executable), link, error);
  if (error) throw OutputError(link + ": cannot create the link: " + error.message());
}

// Also removes what an earlier attempt, or another process, left at the place of the file.
void prepare_place_of(const std::string& file) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  if (error) throw OutputError(file + ": cannot create its folder: " + error.message());
  remove_tree(file);
  if (std::filesystem::exists(std::filesystem::symlink_status(file, error)))
    throw OutputError(file + ": is in the way and cannot be removed; check its permissions");
}

void remove_name(std::vector<std::string>& names, const std::string& name) {
  names.erase(std::remove(names.begin(), names.end(), name), names.end());
}

// The share of a time budget. Repetitions and minimum times are per case.
MeasuringPlan share_of(MeasuringPlan plan, std::size_t names, std::size_t all_names) {
  constexpr double kLeastSeconds = 0.001;
  if (names < all_names)
    plan.process_s =
        std::max(kLeastSeconds, plan.process_s * static_cast<double>(names) / static_cast<double>(all_names));
  return plan;
}

}  // namespace

std::string ProcessRunner::Part::file() const {
  return result_file_name(place.look, place.block, place.position, place.side, number);
}

std::string ProcessRunner::Part::retry_file() const {
  const std::string usual = file();
  return usual.substr(0, usual.size() - 5) + ".retry.json";
}

void ProcessRunner::end_run(const Part& part, const std::string& fault) {
  throw RunEnded(fmt::format("{} binary: {}", side_name(part.place.side), fault), part.place.side);
}

ProcessRunner::ProcessRunner(std::array<BenchBinary, 2> binaries, std::string directory, ReadOptions read,
                             double timeout_s, std::uint64_t seed, const std::atomic<bool>& interrupted)
    : binaries_(std::move(binaries)),
      directory_(std::move(directory)),
      read_(std::move(read)),
      timeout_s_(timeout_s),
      random_(seed),
      interrupted_(interrupted) {
  for (Side side : {Side::base, Side::head}) {
    make_link(link_of(links_.path(), side), binary(side).path);
    stamps_[static_cast<std::size_t>(side)] = stamp_of(link_of(links_.path(), side));
  }
}

// A build that runs meanwhile would mix two binaries in one side.
void ProcessRunner::check_binary(Side side) const {
  if (stamp_of(link_of(links_.path(), side)) != stamps_[static_cast<std::size_t>(side)])
    throw RunEnded(fmt::format("{} binary: its file was changed during the run", side_name(side)), side);
}

ChildResult ProcessRunner::run_process(const Part& part, const std::string& file, const Names& names,
                                       bool interleave) {
  const Side side = part.place.side;
  const std::string path = directory_ + "/" + file;
  check_binary(side);
  prepare_place_of(path);
  const std::string padding(random_() % kMostPadding, 'x');
  ChildResult child =
      run_child({.executable = link_of(links_.path(), side),
                 .arguments = measuring_arguments(binary(side), part.plan, names, path, interleave),
                 .environment = {"WARPGAUGE_PADDING=" + padding},
                 .output = {},
                 .errors = {},
                 .timeout_s = timeout_s_,
                 .captured_errors = kMostStderrBytes,
                 .limited_file = path,
                 .most_file_bytes = kMostResultBytes,
                 .ends_descendants = true},
                interrupted_);
  if (child.end == ChildResult::End::interrupted) throw RunEnded("interrupted");
  if (!child.errors.empty()) write_new_file(path + ".stderr", child.errors);
  return child;
}

Examined ProcessRunner::run_once(const Part& part, const std::string& file, const Names& names,
                                 bool interleave) {
  const ChildResult child = run_process(part, file, names, interleave);
  const ProcessPlace& place = part.place;
  rows_.push_back({place.look, place.block, place.position, place.side, file, child.describe(),
                   child.end == ChildResult::End::timed_out, part.number});
  Examined examined = examine(child, directory_, file, names, read_);
  if (!examined.fault.empty() || !examined.failed.empty()) require_space(directory_, file);
  return examined;
}

// To find out which cases make a process fail.
Examined ProcessRunner::run_again(const Part& part, const Names& names, double least_s) {
  Part brief = part;
  brief.plan.process_s = least_s;
  return run_once(brief, part.retry_file(), names, true);
}

ProcessRunner::Culprit ProcessRunner::first_to_fail_alone(const Part& part, const Names& names) {
  for (const std::string& name : names)
    if (const Examined alone = run_again(part, {name}, kBriefSeconds); !alone.fault.empty())
      return {true, name, alone.fault};
  return {};
}

// Halves the names, as long as one half fails. Nothing if only several cases together fail.
ProcessRunner::Culprit ProcessRunner::bisected(const Part& part, Names names) {
  const double case_s = part.plan.process_s / static_cast<double>(names.size());
  std::string fault;
  const auto fails = [&](const Names& some) {
    const Examined examined =
        run_again(part, some, std::max(kBriefSeconds, case_s * static_cast<double>(some.size())));
    if (!examined.fault.empty()) fault = examined.fault;
    return !examined.fault.empty();
  };
  while (names.size() > 1) {
    const auto middle = names.begin() + static_cast<std::ptrdiff_t>(names.size() / 2);
    Names first(names.begin(), middle), second(middle, names.end());
    if (fails(first))
      names = std::move(first);
    else if (fails(second))
      names = std::move(second);
    else
      return {};
  }
  if (fault.empty() && !fails(names)) return {};
  return {true, names.front(), fault};
}

// After a crash of an interleaved process there are no rows. Without interleaving rows are written case by
// case, so the first case without a row was running, unless the binary buffers its rows. Therefore it runs
// alone, too. A binary with a time budget always interleaves.
ProcessRunner::Culprit ProcessRunner::find_culprit(const Part& part, const Names& names, bool timed_out) {
  if (binary(part.place.side).takes_process_seconds)
    return timed_out ? first_to_fail_alone(part, names) : bisected(part, names);
  const Examined retry = run_once(part, part.retry_file(), names, false);
  if (retry.fault.empty()) return {};
  std::string text;
  try {
    text = read_result(directory_, part.retry_file());
  } catch (const Diagnostic&) {  // there is no such file, or it is none: no case has a row
  }
  const Culprit running{true, first_without_rows(text, names), retry.fault};
  if (running.raw_name.empty() || names.size() == 1) return running;
  if (!run_again(part, {running.raw_name}, kBriefSeconds).fault.empty()) return running;
  const Culprit other = bisected(part, names);
  return other.reproduced ? other : running;
}

void ProcessRunner::drop_culprit(const Part& part, Names& names, const Culprit& culprit,
                                 const OnDropped& drop) {
  if (culprit.raw_name.empty()) end_run(part, culprit.fault);
  if (++dropped_ > kMostDropped)
    end_run(part, fmt::format("{}; {} cases were removed already", culprit.fault, kMostDropped));
  drop(culprit.raw_name, culprit.fault);
  remove_name(names, culprit.raw_name);
}

// Removes from `names` those that make the process fail. If none is left, there is no result.
Process ProcessRunner::run_part(const Part& part, Names& names, const OnDropped& drop) {
  const auto was_timed_out = [&] { return rows_.back().timeout; };
  Examined examined = run_once(part, part.file(), names, true);
  while (!examined.fault.empty()) {
    Culprit culprit = find_culprit(part, names, was_timed_out());
    if (culprit.reproduced) {
      if (culprit.raw_name.empty()) culprit.fault = examined.fault;
      drop_culprit(part, names, culprit, drop);
    }
    if (names.empty()) return {};
    examined = run_once(part, part.file(), names, true);
    if (!examined.fault.empty() && !culprit.reproduced)
      end_run(part, examined.fault + ", twice, but not when its cases ran one by one");
  }
  for (const FailedCase& failed : examined.failed) drop(failed.raw_name, failed.reason);
  return std::move(examined.process);
}

PositionResults ProcessRunner::run(const ProcessPlace& place, const std::vector<std::string>& names,
                                   const MeasuringPlan& plan, const OnDropped& drop) {
  PositionResults results;
  std::vector<Names> parts = pattern_parts(names);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part part{.place = place,
                    .number = parts.size() == 1 ? 0 : static_cast<int>(i) + 1,
                    .plan = share_of(plan, parts[i].size(), names.size())};
    const std::size_t rows = rows_.size();
    Process process = run_part(part, parts[i], drop);
    if (parts[i].empty()) {  // its rows are no results of the position
      rows_.resize(rows);
      continue;
    }
    results.files.push_back(part.file());
    results.parts.push_back(std::move(process));
  }
  if (results.parts.empty()) throw RunEnded("no case is left to run", place.side);
  return results;
}

}  // namespace warpgauge
