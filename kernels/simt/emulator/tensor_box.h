// A TMA copy: a box of a tensor and its address in shared memory.
#pragma once

#include <array>
#include <cstddef>

#include "kernels/simt/emulator/tensor_map.h"
#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

struct TensorBox {
  TensorMap map;  // a copy, because the kernel's map may lie on the stack of a thread that exits
  std::array<int, 4> at;
  char* shared;

  void load() const;   // to shared memory
  void store() const;  // from shared memory
};

struct TensorLoad {
  TensorBox box;
  std::size_t barrier_offset;
  int barrier_index;
  int thread;
  Site site;
};

struct TensorStore {
  TensorBox box;
  int group;
  bool copied;  // completed eagerly; still in flight for the race detector
  Site site;
};

}  // namespace warpgauge::simt::emulator
