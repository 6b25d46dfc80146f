// The cases of a run: kernels x problems of the matrix, selected by name.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/options.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

struct Case {
  const Kernel* kernel;
  Problem problem;
  std::string name;         // the case key: Google Benchmark's name of it
  std::string unsupported;  // why the kernel cannot compute it; empty when it can
};

// Google Benchmark's filter: a POSIX extended regular expression that is searched in the name, "all" for
// every name; a '-' in front selects what does not match. Throws std::invalid_argument on an expression that
// does not compile.
bool name_matches(std::string_view filter, const std::string& name);

// Makes the device that the options name ready for use, where the backend has one. Empty when it can be used;
// otherwise why not. Throws std::invalid_argument when there is no such device among others.
std::string take_backend(Backend backend, const Options& options);

struct Selection {
  std::vector<Case> cases;            // in the order of the kernels, then of the matrix
  std::vector<std::string> too_long;  // names that match, of naive kernels whose matrix has less time
  // Those that some selected case needed, and why they are not here.
  std::map<Backend, std::string> missing_backends;
};

// Kernels of the emulator (simt) never take part: their time means nothing. Cases whose backend is not here
// are left out. Those that a kernel does not support are left out too, unless
// --axis, --dtype or the filter asked for them. Throws std::invalid_argument for a bad filter or axis.
// `why_missing` is asked of a backend when the first of its cases matches, before a kernel is asked what it
// supports there.
Selection select_cases(std::span<const Kernel* const> kernels, const Options& options,
                       std::string (*why_missing)(Backend, const Options&) = take_backend);

}  // namespace warpgauge::bench
