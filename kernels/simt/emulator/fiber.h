// Fibers: a stack each, and a switch between them by Boost.Context. AddressSanitizer is notified of switches.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>

namespace warpgauge::simt::emulator {

struct StackRange {
  char* low = nullptr;
  std::size_t bytes = 0;
  bool contains(const void* address) const {
    return static_cast<std::size_t>(static_cast<const char*>(address) - low) < bytes;
  }
};

// Memory for `count` stacks, each with an unmapped page below it. Throws std::bad_alloc.
class FiberStacks {
 public:
  explicit FiberStacks(int count);
  ~FiberStacks();
  FiberStacks(const FiberStacks&) = delete;
  FiberStacks& operator=(const FiberStacks&) = delete;

  StackRange stack(int index) const;

 private:
  char* memory_;
  std::size_t bytes_;
};

class Fiber {
 public:
  // Represents the OS thread's own stack until start() is called.
  Fiber();

  // The next switch to this fiber calls `entry`, which must not return. A fiber that is not running can be
  // started again. The objects on its stack are then abandoned without their destructors.
  void start(StackRange stack, void (*entry)());

  // Saves the running fiber in `from` and continues `to`. Returns on a switch back to `from`.
  static void switch_between(Fiber& from, Fiber& to);

  const StackRange& stack() const { return stack_; }

 private:
  static void begin(boost::context::detail::transfer_t arrival);

  boost::context::detail::fcontext_t context_ = nullptr;
  StackRange stack_;
  void (*entry_)() = nullptr;
  void* shadow_stack_ = nullptr;  // AddressSanitizer's
};

}  // namespace warpgauge::simt::emulator
