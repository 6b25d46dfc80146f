// fuzz: holds every kernel of the list against the oracle. One GoogleTest a kernel,
// fuzz.BACKEND_NAME.
#include "fuzz/program.h"

int main(int argc, char** argv) {
  return warpgauge::run_fuzz(argc, argv, warpgauge::all_kernels());
}
