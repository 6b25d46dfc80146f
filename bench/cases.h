// The cases of a run: kernels x problems of the matrix, selected by name.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "bench/options.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

struct Case {
  const Kernel* kernel;
  Problem problem;
  std::string name;             // the case key, which is its name in Google Benchmark's JSON
  std::string unsupported;      // why the kernel cannot compute it; empty if it can
  std::string reproducer = {};  // a shell command that runs this case alone
  std::string source = {};      // which models have the problem; see source_of()
};

// Selects the device of the options, if the backend has one. Empty if the backend can be used, otherwise the
// reason why not. Throws UsageError if there are devices, but not this one.
[[nodiscard]] std::string prepare_backend(Backend backend, const Options& options);

// For a CrashNote (fuzz/crash_note.h): the name and how to run the case again, in one line.
[[nodiscard]] std::string crash_text(const Case& measured);

struct Selection {
  std::vector<Case> cases;  // in the order of the kernels, then of the matrix
  // Backends of selected cases that cannot be used here, and the reasons.
  std::map<Backend, std::string> missing_backends;
  // Why cases that match the filter are not among `cases`.
  std::vector<std::string> too_long;  // names: kernel `naive`, for which the matrix limits the work
  std::vector<std::string> emulated;  // ids: kernels of the emulator are never timed
  std::vector<std::string> unbuilt;   // ids: kernels that this build does not contain
};

// Cases of a backend that is missing here are excluded. So are cases that a kernel does not support, unless
// --axis, --dtype or the filter selects cases explicitly. `why_missing` is called once per backend, and only
// if a case of it matches; it runs before Kernel::supports, which may ask the device. Throws
// UsageError for an axis that makes an invalid problem.
[[nodiscard]] Selection select_cases(std::span<const Kernel* const> kernels, const Options& options,
                                     std::string (*why_missing)(Backend, const Options&) = prepare_backend);

}  // namespace warpgauge::bench
