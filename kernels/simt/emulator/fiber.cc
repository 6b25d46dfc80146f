#include "kernels/simt/emulator/fiber.h"

#include <pthread.h>
#include <sys/mman.h>

#include <cstdint>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WARPGAUGE_ADDRESS_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WARPGAUGE_ADDRESS_SANITIZER
#endif
#if defined(WARPGAUGE_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace warpgauge::simt::emulator {
namespace {

namespace context = boost::context::detail;

constexpr std::size_t kStackBytes = 128 * 1024;
constexpr std::size_t kGuardBytes = 4096;

// Offsets the tops of stacks, which would otherwise compete for the same cache sets.
std::size_t stagger_bytes(const StackRange& stack) {
  return reinterpret_cast<std::uintptr_t>(stack.low) / (kStackBytes + kGuardBytes) * 1088 % 16384;
}

struct Passage {
  context::fcontext_t* save;
  Fiber* to;
};

}  // namespace

FiberStacks::FiberStacks(int count) : bytes_(static_cast<std::size_t>(count) * (kStackBytes + kGuardBytes)) {
  void* memory = mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<char*>(memory);
  for (int i = 0; i < count; ++i) {
    const StackRange range = stack(i);
    if (mprotect(range.low, range.bytes, PROT_READ | PROT_WRITE) != 0) {
      munmap(memory_, bytes_);
      throw std::bad_alloc();
    }
  }
}

FiberStacks::~FiberStacks() {
  munmap(memory_, bytes_);
}

StackRange FiberStacks::stack(int index) const {
  return {memory_ + static_cast<std::size_t>(index) * (kStackBytes + kGuardBytes) + kGuardBytes, kStackBytes};
}

Fiber::Fiber() {
#if defined(WARPGAUGE_ADDRESS_SANITIZER)
  pthread_attr_t attributes;
  pthread_getattr_np(pthread_self(), &attributes);
  void* low = nullptr;
  pthread_attr_getstack(&attributes, &low, &stack_.bytes);
  pthread_attr_destroy(&attributes);
  stack_.low = static_cast<char*>(low);
#endif
}

void Fiber::start(StackRange stack, void (*entry)()) {
  stack_ = stack;
  entry_ = entry;
  shadow_stack_ = nullptr;
#if defined(WARPGAUGE_ADDRESS_SANITIZER)
  ASAN_UNPOISON_MEMORY_REGION(stack.low, stack.bytes);
#endif
  const std::size_t usable = stack.bytes - stagger_bytes(stack);
  context_ = context::make_fcontext(stack.low + usable, usable, begin);
}

void Fiber::begin(context::transfer_t arrival) {
  const auto* passage = static_cast<const Passage*>(arrival.data);
  *passage->save = arrival.fctx;
#if defined(WARPGAUGE_ADDRESS_SANITIZER)
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
  passage->to->entry_();
}

void Fiber::switch_between(Fiber& from, Fiber& to) {
  Passage passage{&from.context_, &to};
#if defined(WARPGAUGE_ADDRESS_SANITIZER)
  __sanitizer_start_switch_fiber(&from.shadow_stack_, to.stack_.low, to.stack_.bytes);
#endif
  const context::transfer_t arrival = context::jump_fcontext(to.context_, &passage);
  *static_cast<const Passage*>(arrival.data)->save = arrival.fctx;
#if defined(WARPGAUGE_ADDRESS_SANITIZER)
  __sanitizer_finish_switch_fiber(from.shadow_stack_, nullptr, nullptr);
#endif
}

}  // namespace warpgauge::simt::emulator
