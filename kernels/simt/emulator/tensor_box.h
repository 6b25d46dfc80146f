// One copy of TMA's: a box of a tensor, and its place in shared memory.
#pragma once

#include <array>
#include <cstddef>

#include "kernels/simt/emulator/tensor_map.h"
#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

struct TensorBox {
  TensorMap map;  // a copy: the kernel's lies on the stack of a thread that may be gone
  std::array<int, 4> at;
  char* shared;

  void load() const;   // to shared memory
  void store() const;  // from there
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
  bool moved;  // its bytes are there already, though the thread may not rely on it
  Site site;
};

}  // namespace warpgauge::simt::emulator
