// The fuzzer with right kernels of foreign design instead of the project's. Long runs of it show that the
// bounds call none of them wrong. Not run by ctest, which checks these kernels in foreign_kernels_test.cc.
#include "fuzz/program.h"
#include "tests/fuzz/foreign_kernels.h"

int main(int argc, char** argv) {
  using namespace warpgauge;
  const Kernel* const kernels[] = {&foreign::kFlashAttention2, &foreign::kSumsRoundedWeights,
                                   &foreign::kUnfused, &foreign::kFlashAttention3,
                                   &foreign::kSumsE4m3Weights};
  return run_fuzz(argc, argv, kernels);
}
