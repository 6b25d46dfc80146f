// The fuzzer over planted faults: shows that a wrong kernel ends in exit 1, that its replay lines work, and
// that a crash is told with one.
#include "fuzz/program.h"
#include "tests/fuzz/fatal_kernels.h"
#include "tests/fuzz/faulty_kernels.h"

int main(int argc, char** argv) {
  std::vector<const warpgauge::Kernel*> kernels{&warpgauge::faulty::kRight};
  for (const auto& planted : warpgauge::faulty::kPlanted) kernels.push_back(&planted.kernel);
  for (const auto& fatal : warpgauge::faulty::kFatal) kernels.push_back(&fatal.kernel);
  return warpgauge::run_fuzz(argc, argv, kernels);
}
