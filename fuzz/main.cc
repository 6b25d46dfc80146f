// fuzz: checks every kernel of the list against the oracle. Each kernel is one GoogleTest, fuzz.BACKEND_NAME.
#include "fuzz/program.h"

int main(int argc, char** argv) {
  return warpgauge::run_fuzz(argc, argv, warpgauge::all_kernels());
}
