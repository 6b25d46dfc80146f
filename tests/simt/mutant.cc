#include "tests/simt/mutant.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <vector>

#include "fuzz/check.h"
#include "fuzz/generate.h"
#include "tests/simt/linear_attention.h"

namespace warpgauge {

#define WARPGAUGE_MUTANT(name, detect, file, line, from, to) extern const Kernel mutant_##name;
#include "mutants.inc"
#undef WARPGAUGE_MUTANT

namespace {

constexpr Mutant kMutants[] = {
#define WARPGAUGE_MUTANT(name, detect, file, line, from, to) \
  {#name, &mutant_##name, detect, file, line, from, to},
#include "mutants.inc"
#undef WARPGAUGE_MUTANT
};

// "copy in flight in flash_mma, block (0, 0, 0), ..." -> "copy in flight"
std::string finding_of(const std::string& message) {
  const std::string head = message.substr(0, message.find(", block"));
  return head.substr(0, head.rfind(" in "));
}

std::string check_name(const Failure& failure) {
  switch (failure.property) {
    case Property::launches:
      return finding_of(failure.message);
    case Property::on_stream:  // CUDA only
      return "stream";
    case Property::output:
      return "bound of O";
    case Property::lse:
      return "bound of LSE";
    case Property::non_finite:
      return "NaN or infinity";
    case Property::writes_all:
      return "unwritten output";
    case Property::stays_inside:
      return "guard band";
    case Property::repeats:
      return "not deterministic";
    case Property::relaunches:
      return "second launch";
    case Property::stands_alone:
      return "not batch invariant";
  }
  return "?";
}

// Each check once, then the input family: "bound of O, bound of LSE (needles)".
std::string checks_of(const std::vector<Failure>& failures) {
  std::vector<std::string> names;
  for (const Failure& failure : failures)
    if (std::string name = check_name(failure); std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return fmt::format("{} ({})", text, family_name(failures.front().family));
}

std::string change(const Mutant& mutant) {
  return fmt::format("{}:{}  {}  ->  {}", mutant.file, mutant.line, mutant.from,
                     *mutant.to ? mutant.to : "(deleted)");
}

}  // namespace

std::span<const Mutant> all_mutants() {
  return kMutants;
}

std::optional<Detection> detect_attention_bug(const Kernel& kernel, std::uint64_t first_seed) {
  constexpr std::uint64_t kProblems = 200;
  for (std::uint64_t n = 0; n < kProblems; ++n) {
    const std::optional<FuzzCase> c = random_supported_case(kernel, first_seed + n);
    if (!c) return std::nullopt;
    const CheckResult result = check(kernel, c->problem, c->seed,
                                     {.family = c->family,
                                      .layout = c->layout,
                                      .guard = c->guard,
                                      .threads = c->threads,
                                      .relaunch = is_relaunched(*c)});
    if (result.is_wrong()) return Detection{checks_of(result.failures), n + 1};
  }
  return std::nullopt;
}

std::optional<Detection> detect_linear_attention_bug(const Kernel& kernel, std::uint64_t first_seed) {
  constexpr std::uint64_t kRounds = 20;
  const std::vector<Problem> problems = linear_attention_problems();
  for (std::uint64_t n = 0; n < kRounds * problems.size(); ++n) {
    const std::string failure =
        linear_attention_failure(kernel, problems[n % problems.size()], first_seed + n / problems.size());
    if (!failure.empty())
      return Detection{failure.starts_with("wrong: O") ? "bound of O" : finding_of(failure), n + 1};
  }
  return std::nullopt;
}

int report(std::span<const Mutant> mutants, std::uint64_t first_seed, std::ostream& out) {
  int survivors = 0;
  out << "| mutant | kernel | problems | detected by | change |\n|---|---|---|---|---|\n";
  for (const Mutant& mutant : mutants) {
    const std::optional<Detection> detection = mutant.detect(*mutant.kernel, first_seed);
    if (!detection) ++survivors;
    out << fmt::format("| {:<36} | {:<21} | {:>3} | {:<44} | {} |", mutant.name, mutant.kernel->id(),
                       detection ? std::to_string(detection->problem) : "all",
                       detection ? detection->by : "NOT DETECTED", change(mutant))
        << std::endl;
  }
  out << fmt::format("{} mutants, {} survived\n", mutants.size(), survivors);
  return survivors;
}

}  // namespace warpgauge
