#include "compare/ab/process_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/free_space.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostPadding = 4096;  // bytes: a page of stack alignments

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

void make_directory_of(const std::string& file) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  if (error) throw OutputError(file + ": cannot create its folder: " + error.message());
}

void remove_name(std::vector<std::string>& names, const std::string& name) {
  names.erase(std::remove(names.begin(), names.end(), name), names.end());
}

}  // namespace

ProcessRunner::ProcessRunner(std::array<BenchBinary, 2> binaries, std::string directory, ReadOptions read,
                             double timeout_s, std::uint64_t seed, const std::atomic<bool>& interrupted)
    : binaries_(std::move(binaries)),
      directory_(std::move(directory)),
      read_(std::move(read)),
      timeout_s_(timeout_s),
      random_(seed),
      interrupted_(interrupted) {
  for (Side side : {Side::base, Side::head}) make_link(link_of(links_.path(), side), binary(side).path);
}

Examined ProcessRunner::run_once(const ProcessPlace& place, const std::string& file,
                                 const std::vector<std::string>& names, const MeasuringPlan& plan,
                                 bool interleave) {
  const std::string path = directory_ + "/" + file;
  make_directory_of(path);
  std::filesystem::remove(path);  // of an earlier attempt
  const std::string padding(random_() % kMostPadding, 'x');
  const ChildResult child =
      run_child({.executable = link_of(links_.path(), place.side),
                 .arguments = measuring_arguments(binary(place.side), plan, names, path, interleave),
                 .environment = {"WARPGAUGE_PADDING=" + padding},
                 .output = "",
                 .errors = path + ".stderr",
                 .timeout_s = timeout_s_},
                interrupted_);
  if (child.end == ChildResult::End::interrupted) throw RunEnded("interrupted");
  rows_.push_back({place.look, place.block, place.position, place.side, file, child.describe(),
                   child.end == ChildResult::End::timed_out});
  std::error_code error;
  if (std::filesystem::file_size(path + ".stderr", error) == 0)
    std::filesystem::remove(path + ".stderr", error);
  Examined examined = examine(child, path, file, names, read_);
  if (!examined.fault.empty() || !examined.failed.empty()) require_space(directory_, file);
  return examined;
}

// After a crash of an interleaved process there are no rows. Without interleaving rows are written case by
// case, so the first case without a row was running. A binary with a time budget always interleaves: it runs
// each case alone.
ProcessRunner::Culprit ProcessRunner::find_culprit(const ProcessPlace& place, const std::string& file,
                                                   const std::vector<std::string>& names,
                                                   const MeasuringPlan& plan) {
  const std::string retry_file = file.substr(0, file.size() - 5) + ".retry.json";
  if (!binary(place.side).takes_process_seconds) {
    const Examined retry = run_once(place, retry_file, names, plan, false);
    if (retry.fault.empty()) return {};
    return {true, first_without_rows(directory_ + "/" + retry_file, names), retry.fault};
  }
  const MeasuringPlan brief{.process_s = 0.1};
  for (const std::string& name : names) {
    const Examined alone = run_once(place, retry_file, {name}, brief, true);
    if (!alone.fault.empty()) return {true, name, alone.fault};
  }
  return {};
}

Process ProcessRunner::run(const ProcessPlace& place, std::vector<std::string> names,
                           const MeasuringPlan& plan, const OnDropped& drop) {
  const std::string file = result_file_name(place.look, place.block, place.position, place.side);
  const auto end_run = [&](const std::string& fault) {
    throw RunEnded(fmt::format("{} binary: {}", side_name(place.side), fault), place.side);
  };
  Examined examined = run_once(place, file, names, plan, true);
  while (!examined.fault.empty()) {
    const Culprit culprit = find_culprit(place, file, names, plan);
    if (culprit.reproduced) {
      if (culprit.raw_name.empty()) end_run(examined.fault);
      if (++dropped_ > kMostDropped)
        end_run(fmt::format("{}; {} cases were removed already", examined.fault, kMostDropped));
      drop(culprit.raw_name, culprit.fault);
      remove_name(names, culprit.raw_name);
    }
    if (names.empty()) throw RunEnded("no case is left to run", place.side);
    examined = run_once(place, file, names, plan, true);
    if (!examined.fault.empty() && !culprit.reproduced)
      end_run(examined.fault + ", twice, but not when its cases ran one by one");
  }
  for (const FailedCase& failed : examined.failed) drop(failed.raw_name, failed.reason);
  return std::move(examined.process);
}

}  // namespace warpgauge
