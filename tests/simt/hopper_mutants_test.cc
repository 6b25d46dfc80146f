// linear_attention.cu with one line broken: the emulator or the numbers must say so. Prints which did.
#include <gtest/gtest.h>

#include <iostream>
#include <string>

#include "tests/simt/linear_attention.h"

namespace warpgauge {

#define X(name) extern const Kernel mutant_##name;
#include "hopper_mutants.inc"
#undef X

namespace {

struct Mutant {
  const char* name;
  const Kernel* kernel;
};

const Mutant kMutants[] = {
#define X(name) {#name, &mutant_##name},
#include "hopper_mutants.inc"
#undef X
};

// The first failure of the smallest seeds, with the problem and the seed.
std::string first_failure(const Kernel& kernel) {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (const Problem& p : linear_attention_problems())
      if (const std::string failure = linear_attention_failure(kernel, p, seed); !failure.empty())
        return failure;
  return "";
}

class HopperMutant : public testing::TestWithParam<Mutant> {};

TEST_P(HopperMutant, is_caught) {
  const std::string failure = first_failure(*GetParam().kernel);
  EXPECT_NE(failure, "");
  std::cout << GetParam().name << ": " << failure.substr(0, failure.find_first_of(":\n")) << '\n';
}

INSTANTIATE_TEST_SUITE_P(Each, HopperMutant, testing::ValuesIn(kMutants),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace warpgauge
