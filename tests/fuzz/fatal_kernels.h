// Kernels that end the program or make the device unusable. Not in kPlanted: they would end the test.
#pragma once

#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "tests/fuzz/faulty_kernels.h"

namespace warpgauge::faulty {

template <int kSignal>
struct Raises : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) { raise(kSignal); }
};

struct WritesNowhere : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) {
    volatile std::uintptr_t nowhere = 64;  // in the first page, which is never mapped
    *reinterpret_cast<volatile char*>(nowhere) = 0;
  }
};

struct WritesNowhereOnThread : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch& l) {
    std::thread([&] { WritesNowhere::after_all(p, t, l); }).join();
  }
};

struct OverflowsStack : Right {
  [[gnu::noinline]] static int deeper(int depth) {
    volatile char frame[4096];
    frame[depth % 4096] = 1;
    return depth < 0 ? 0 : deeper(depth + 1) + frame[depth % 4096];
  }
  static void after_all(const Problem&, const Tensors&, const Launch&) { deeper(0); }
};

// An exception that cannot be caught.
struct Terminates : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) { std::terminate(); }
};

struct Fatal {
  Kernel kernel;
  int signal;  // that ends the program
};

inline const Fatal kFatal[] = {
    {kernel<WritesNowhere>("writes_nowhere"), SIGSEGV},
    {kernel<WritesNowhereOnThread>("writes_nowhere_on_thread"), SIGSEGV},
    {kernel<OverflowsStack>("overflows_stack"), SIGSEGV},
    {kernel<Raises<SIGSEGV>>("raises_sigsegv"), SIGSEGV},
    {kernel<Raises<SIGBUS>>("raises_sigbus"), SIGBUS},
    {kernel<Raises<SIGFPE>>("raises_sigfpe"), SIGFPE},
    {kernel<Raises<SIGILL>>("raises_sigill"), SIGILL},
    {kernel<Raises<SIGTERM>>("raises_sigterm"), SIGTERM},
    {kernel<Terminates>("terminates"), SIGABRT},
};

// Slow, and wrong only the first time. No simpler case fails, so all of them are tried.
struct SlowAndWrongOnce : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    static bool is_first = true;
    if (std::exchange(is_first, false)) store(p, t.o, 0, 100);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
};

inline const Kernel kSlowAndWrongOnce = kernel<SlowAndWrongOnce>("slow_and_wrong_once");

// Wrong for f32 after it has seen both f16 and a head dimension that is no multiple of 8. In a fresh process
// no case alone fails.
struct WrongAfterOthers : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    static bool seen_f16 = false, seen_tail = false;
    if (seen_f16 && seen_tail && p.dtype == Dtype::f32) store(p, t.o, 0, 100);
    seen_f16 |= p.dtype == Dtype::f16;
    seen_tail |= p.head_dim % 8 != 0 && p.dtype == Dtype::bf16;
  }
};

inline const Kernel kWrongAfterOthers = kernel<WrongAfterOthers>("wrong_after_others");

// Wrong in one process only: the one whose number a test puts into the environment.
struct WrongInOneProcess : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    static const bool is_fresh = [] {
      const bool was_set = std::getenv("FAULTY_PARENT") != nullptr;
      setenv("FAULTY_PARENT", "1", 0);
      return was_set;
    }();
    if (!is_fresh) store(p, t.o, 0, 100);
  }
};

inline const Kernel kWrongInOneProcess = kernel<WrongInOneProcess>("wrong_in_one_process");

// Simulates a kernel that makes its device unusable: after its first launch with more than one query, every
// launch fails.
inline bool device_is_lost = false;

inline std::string device_loss(Backend backend) {
  return device_is_lost ? "planted loss" : backend_lost(backend);
}

struct LosesDevice : Right {
  static bool skips(const Problem& p, const Row&) {
    device_is_lost |= p.seq_q > 1;
    if (device_is_lost) throw std::runtime_error("planted loss");
    return false;
  }
};

inline const Kernel kLosesDevice = kernel<LosesDevice>("loses_device");

}  // namespace warpgauge::faulty
