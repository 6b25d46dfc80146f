// Plain loads and stores of a kernel. Its source is compiled with -fsanitize=thread and linked without the
// ThreadSanitizer runtime. This file defines the functions that the compiler calls before every access.
#include "kernels/simt/emulator/block.h"

namespace warpgauge::simt::emulator {
namespace {

inline void plain_access(const void* address, std::size_t bytes, bool write, bool aligned, const void* code) {
  if (unchecked_range.contains(address)) return;
  Call block;
  const Site site = Site::code(code);
  const char* const what = write ? "writes" : "reads";
  if (aligned) block->check_alignment(address, bytes, what, site);
  block->access(write ? AccessKind::write : AccessKind::read, address, bytes, what, site);
}

}  // namespace
}  // namespace warpgauge::simt::emulator

using warpgauge::simt::emulator::plain_access;

// GCC and Clang use the same names.
#define WARPGAUGE_ACCESS_HOOKS(bytes)                                  \
  void __tsan_read##bytes(void* p) {                                   \
    plain_access(p, bytes, false, true, __builtin_return_address(0));  \
  }                                                                    \
  void __tsan_write##bytes(void* p) {                                  \
    plain_access(p, bytes, true, true, __builtin_return_address(0));   \
  }                                                                    \
  void __tsan_unaligned_read##bytes(void* p) {                         \
    plain_access(p, bytes, false, false, __builtin_return_address(0)); \
  }                                                                    \
  void __tsan_unaligned_write##bytes(void* p) {                        \
    plain_access(p, bytes, true, false, __builtin_return_address(0));  \
  }

// Atomics of host code in a kernel's source file; device code uses the primitives. Sequential consistency is
// at least as strong as any requested order.
#define WARPGAUGE_ATOMIC_HOOKS(bits, type)                              \
  type __tsan_atomic##bits##_load(const volatile type* p, int) {        \
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);                        \
  }                                                                     \
  void __tsan_atomic##bits##_store(volatile type* p, type v, int) {     \
    __atomic_store_n(p, v, __ATOMIC_SEQ_CST);                           \
  }                                                                     \
  type __tsan_atomic##bits##_fetch_add(volatile type* p, type v, int) { \
    return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST);                  \
  }                                                                     \
  type __tsan_atomic##bits##_fetch_sub(volatile type* p, type v, int) { \
    return __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST);                  \
  }

extern "C" {
WARPGAUGE_ATOMIC_HOOKS(8, unsigned char)
WARPGAUGE_ATOMIC_HOOKS(32, unsigned)
WARPGAUGE_ATOMIC_HOOKS(64, unsigned long)
WARPGAUGE_ACCESS_HOOKS(1)
WARPGAUGE_ACCESS_HOOKS(2)
WARPGAUGE_ACCESS_HOOKS(4)
WARPGAUGE_ACCESS_HOOKS(8)
WARPGAUGE_ACCESS_HOOKS(16)
void __tsan_read_range(void* p, unsigned long n) {
  plain_access(p, n, false, false, __builtin_return_address(0));
}
void __tsan_write_range(void* p, unsigned long n) {
  plain_access(p, n, true, false, __builtin_return_address(0));
}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_init() {}
void __tsan_vptr_read(void*) {}
void __tsan_vptr_update(void*, void*) {}
}
