// Is this kernel right on this problem? Runs it on guarded, poisoned operands and holds every property of its
// contract.
//
//   CheckResult result = check(kernel, problem, seed, {});
//   if (!result.passed()) std::cerr << result.report();
//
// The kernel need not be in the list: any Kernel will do. A kernel that throws is a failure, not an
// exception; what hinders the check itself, as a lack of memory, is neither: nothing is known about the
// kernel then.
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

// What a kernel promises, one failure kind each.
enum class Property {
  launches,      // it does not throw
  on_stream,     // it works on the stream that it is given
  output,        // O within its budget
  lse,           // LSE within its tolerance
  non_finite,    // NaN and infinity just where the oracle has them
  writes_all,    // no poison left in O or LSE
  stays_inside,  // guard bands, gaps and inputs untouched
  repeats,       // the same bits again, where it claims to be deterministic
};

const char* property_name(Property property);

struct Failure {
  Property property;
  InputFamily family;   // the inputs on which it failed
  std::string message;  // where, what was found, what was expected and with which bound
};

struct CheckOptions {
  InputFamily family = InputFamily::normal;
  Layout layout = Layout::packed;
  OracleBackend oracle = OracleBackend::automatic;
  int threads = 1;      // of a CPU kernel; the oracle takes all that OpenMP gives
  bool probes = false;  // also run the families `counting` and `needles`
  bool repeat = true;   // a second run of a deterministic kernel
  ReferenceCache* cache = nullptr;
};

struct CheckResult {
  std::vector<Failure> failures;
  std::string not_checked;        // why the check was not made, or not to its end; says nothing of the kernel
  Accuracy accuracy;              // on the main inputs
  std::uint64_t output_hash = 0;  // of the main inputs' output

  bool passed() const { return failures.empty() && not_checked.empty(); }
  bool is_wrong() const { return !failures.empty(); }
  std::string report() const;  // one line a failure, and one for not_checked
};

// The whole check. The kernel must support the problem.
CheckResult check(const Kernel& kernel, const Problem& problem, std::uint64_t seed,
                  const CheckOptions& options);

// Its parts, for those who hold operands already.

// What run_kernel throws where it is the kernel's doing: its launch threw or failed, or it overran its
// workspace.
struct LaunchFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Poisons the outputs, launches on a stream of its own, waits, and fetches what was written. The seed is that
// of Launch::schedule_seed.
Output run_kernel(const Kernel& kernel, GuardedTensors& tensors, int threads,
                  std::uint64_t schedule_seed = 0);

// What is wrong with `output`, given the reference of the same inputs. Poison is looked for in every row.
std::vector<Failure> compare_output(const Output& output, const Inputs& inputs, const Reference& reference,
                                    Accuracy* accuracy);

// The same for the family `counting`, whose closed form holds at every row: O = 1 and LSE = ln(visible keys).
std::vector<Failure> compare_counting(const Output& output, const Inputs& inputs);

}  // namespace warpgauge
