// Building blocks of kernels that cheat: they get a time that is not the time of their work.
//
// A cheat is honest while bench checks it, which is at most kHonestLaunches launches, unless it is one that
// cheats all the time.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/kernel.h"

namespace warpgauge::cheats {

inline constexpr int kHonestLaunches = 8;

// The right result.
inline void attend(const Problem& p, const Tensors& t, const Launch& l) {
  find_kernel("cpu/naive")->launch(p, t, l);
}

inline std::size_t o_bytes(const Problem& p) {
  return static_cast<std::size_t>(output_elements(p) * dtype_bytes(p.dtype));
}
inline std::size_t key_bytes(const Problem& p) {
  return static_cast<std::size_t>(key_elements(p) * dtype_bytes(p.dtype));
}
inline std::size_t lse_bytes(const Problem& p) {
  return static_cast<std::size_t>(lse_elements(p)) * sizeof(float);
}

// Outputs that a cheat remembers.
struct Remembered {
  std::vector<char> o, lse;

  void store(const Problem& p, const Tensors& t) {
    o.assign(static_cast<const char*>(t.o), static_cast<const char*>(t.o) + o_bytes(p));
    const auto* begin = reinterpret_cast<const char*>(t.lse);
    lse.assign(begin, begin + lse_bytes(p));
  }
  void replay(const Tensors& t) const {
    std::memcpy(t.o, o.data(), o.size());
    std::memcpy(t.lse, lse.data(), lse.size());
  }
};

// Whether bench has finished its checks, as far as a kernel can count.
inline bool is_timed() {
  static int launches = 0;
  return ++launches > kHonestLaunches;
}

inline constexpr Kernel kernel(std::string_view name, decltype(Kernel::launch) launch) {
  return {.name = name,
          .backend = Backend::cpu,
          .summary = "a cheat",
          .deterministic = true,
          .supports = supports_every_problem,
          .workspace_bytes = [](const Problem&, int) -> std::int64_t { return 1 << 20; },
          .launch = launch};
}

// By the file that defines them.
std::span<const Kernel> memory_cheats();   // keep results of earlier launches
std::span<const Kernel> work_cheats();     // do less work, or do it later
std::span<const Kernel> process_cheats();  // change clocks, threads, memory or the process
std::span<const Kernel> variant_cheats();  // of problems with sinks, biases, windows, soft caps and Dv

}  // namespace warpgauge::cheats
