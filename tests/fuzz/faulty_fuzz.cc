// The fuzzer with planted faults. program_test.cc runs it: a wrong kernel gives exit 1, its reproducers work,
// a crash prints one, and a lost device is attributed to one kernel only.
#include "fuzz/program.h"
#include "tests/fuzz/fatal_kernels.h"
#include "tests/fuzz/faulty_kernels.h"

namespace warpgauge::faulty {

#if defined(FAULTY_FUZZ_WITH_CUDA)
extern const Kernel cuda_loses_device;
#endif

// In the order in which they run: those that lose the device come first.
static std::vector<const Kernel*> kernels() {
  std::vector<const Kernel*> all;
#if defined(FAULTY_FUZZ_WITH_CUDA)
  all.push_back(&cuda_loses_device);
#endif
  all.insert(all.end(),
             {&kLosesDevice, &kRight, &kSlowAndWrongOnce, &kWrongAfterOthers, &kWrongInOneProcess});
  for (const Planted& planted : kPlanted) all.push_back(&planted.kernel);
  for (const Fatal& fatal : kFatal) all.push_back(&fatal.kernel);
  return all;
}

}  // namespace warpgauge::faulty

int main(int argc, char** argv) {
  return warpgauge::run_fuzz(argc, argv, warpgauge::faulty::kernels(), warpgauge::faulty::device_loss);
}
