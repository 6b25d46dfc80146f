// Checks one kernel on one problem: runs it on guarded, poisoned operands and verifies every property of its
// contract.
//
//   CheckResult result = check(kernel, problem, seed, {});
//   if (!result.passed()) std::cerr << result.report();
//
// Any Kernel can be checked, listed or not. A kernel that throws is a failure of the kernel. If the check
// itself cannot run, for example for lack of memory, the result says so and the kernel is not called wrong.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "fuzz/accuracy.h"
#include "fuzz/guarded_tensors.h"
#include "fuzz/inputs.h"
#include "fuzz/oracle.h"
#include "kernels/kernel.h"

namespace warpgauge {

// What a kernel guarantees. Each property is one kind of failure.
enum class Property {
  launches,      // it does not throw
  on_stream,     // it does its work on the stream that it is given
  output,        // O is within its bound
  lse,           // LSE is within its bound
  non_finite,    // NaN and infinity only where the oracle has them
  writes_all,    // no poison is left in O or LSE
  stays_inside,  // guard bands, gaps and inputs are unchanged
  repeats,       // a second run is bit-identical, if it claims to be deterministic
  relaunches,    // a later launch depends on its own operands only: other memory, strides and contents
  stands_alone,  // a query alone gives the same bits, if it claims to be batch invariant
};

[[nodiscard]] const char* property_name(Property property);

struct Failure {
  Property property;
  InputFamily family;   // of the inputs on which it failed
  std::string message;  // where, the value, the expected value and the bound
};

struct CheckOptions {
  InputFamily family = InputFamily::normal;
  Layout layout = Layout::packed;
  const Tensors* strides = nullptr;  // of the operands; null: those of the layout
  Guard guard = Guard::bands;
  OracleBackend oracle = OracleBackend::automatic;
  int threads = 1;        // of a CPU kernel; the oracle uses all threads of OpenMP
  bool probes = false;    // also check the families `counting` and `needles`
  bool repeat = true;     // run a deterministic kernel twice
  bool relaunch = false;  // launch again: in other memory, with other contents, and one query alone
  ReferenceCache* cache = nullptr;
};

struct CheckResult {
  std::vector<Failure> failures;
  std::string not_checked;        // why the check did not run to its end; no statement about the kernel
  Accuracy accuracy;              // on the main inputs
  std::uint64_t output_hash = 0;  // of the main inputs' output

  [[nodiscard]] bool passed() const { return failures.empty() && not_checked.empty(); }
  [[nodiscard]] bool is_wrong() const { return !failures.empty(); }
  [[nodiscard]] std::string report() const;  // one line per failure, and one for not_checked
};

// The whole check. The kernel must support the problem with the strides of the layout.
[[nodiscard]] CheckResult check(const Kernel& kernel, const Problem& problem, std::uint64_t seed,
                                const CheckOptions& options);

// The parts of check(), for callers that already have operands.

// run_kernel throws this for a fault of the kernel: its launch threw or failed, or it wrote past the end of
// its workspace.
struct LaunchFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Poisons the outputs, launches on a new stream, waits, and downloads the outputs. The seed becomes
// Launch::schedule_seed.
[[nodiscard]] Output run_kernel(const Kernel& kernel, GuardedTensors& tensors, int threads,
                                std::uint64_t schedule_seed = 0);

// Failures of `output`, given the reference of the same inputs. Every row is searched for poison.
[[nodiscard]] std::vector<Failure> compare_output(const Output& output, const Inputs& inputs,
                                                  const Reference& reference, Accuracy* accuracy);

// The same for inputs with a closed form (inputs.h): O = 1 and LSE = ln(visible keys) at every row.
[[nodiscard]] std::vector<Failure> compare_counting(const Output& output, const Inputs& inputs,
                                                    const Rounding& rounding);

}  // namespace warpgauge
